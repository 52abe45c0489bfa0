-- What happened, the latest first: each incident once, its latest toll and who told it independently.
SELECT
  event_date,
  event_type,
  place.name AS place,
  place.country AS country,
  fatalities_max,
  injured_max,
  article_count AS articles,
  origin_count AS origins,
  title AS first_report
FROM v_incidents
ORDER BY event_date DESC, origins DESC, incident_id
LIMIT 100
