-- How the toll of an incident grew: every report that gives one, of incidents with several origins.
SELECT
  i.event_date,
  i.place.name AS place,
  e.event_time AS reported_at,
  a.publisher,
  e.fatalities_max,
  e.injured_max,
  i.fatalities_max AS latest_fatalities_max,
  i.injured_max AS latest_injured_max
FROM v_incidents AS i, UNNEST(i.event_ids) AS report
JOIN events AS e ON e.event_id = report
JOIN articles AS a ON a.article_id = e.article_id
WHERE i.origin_count > 1 AND IFNULL(e.fatalities_max, e.injured_max) IS NOT NULL
ORDER BY i.event_date DESC, i.incident_id, reported_at, e.event_id
LIMIT 500
