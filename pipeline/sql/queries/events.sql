-- The events, the latest first: who did what to whom, where, with what certainty.
SELECT
  event_date,
  event_type,
  ARRAY_TO_STRING(modes, ' ') AS modes,
  (SELECT STRING_AGG(DISTINCT IFNULL(x.country, '?'), ' ' ORDER BY IFNULL(x.country, '?')) FROM UNNEST(actors) AS x) AS actors,
  (SELECT STRING_AGG(DISTINCT IFNULL(x.country, '?'), ' ' ORDER BY IFNULL(x.country, '?')) FROM UNNEST(recipients) AS x) AS recipients,
  place.name AS place,
  place.country AS country,
  fatalities_max,
  ROUND(confidence, 2) AS confidence,
  `trigger`.text AS trigger_text,
  publisher
FROM (SELECT * FROM v_events ORDER BY event_date DESC, event_id LIMIT 100)
ORDER BY event_date DESC, event_id
