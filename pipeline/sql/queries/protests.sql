-- Protests: when, where, of what kind, by whom.
SELECT
  event_date,
  place.name AS place,
  place.country AS country,
  ARRAY_TO_STRING(modes, ' ') AS modes,
  (SELECT STRING_AGG(x.text, '؛ ' ORDER BY x.char_start) FROM UNNEST(actors) AS x) AS actors,
  title,
  publisher
FROM v_events
WHERE event_type = 'PROTEST'
ORDER BY event_date, event_id
