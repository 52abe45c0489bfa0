-- Events that have a point: one row each, ready for a map.
SELECT
  event_id,
  event_type,
  modes,
  event_date,
  place.name AS place_name,
  place.country AS country,
  place.admin1 AS admin1,
  place.lat AS lat,
  place.lon AS lon,
  place.precision AS place_precision,
  goldstein,
  fatalities_max,
  article_count,
  title,
  url,
  publisher
FROM v_events
WHERE place.lat IS NOT NULL AND place.lon IS NOT NULL
