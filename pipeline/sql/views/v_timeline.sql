-- Incidents a day and type, with their least and greatest casualties, each counted once, and the
-- mean Goldstein value of their first reports.
SELECT
  i.event_date,
  i.event_type,
  COUNT(*) AS events,
  SUM(i.article_count) AS articles,
  SUM(IFNULL(i.fatalities_min, 0)) AS fatalities_min,
  SUM(IFNULL(i.fatalities_max, IFNULL(i.fatalities_min, 0))) AS fatalities_max,
  SUM(IFNULL(i.injured_min, 0)) AS injured_min,
  SUM(IFNULL(i.injured_max, IFNULL(i.injured_min, 0))) AS injured_max,
  AVG(e.goldstein) AS goldstein_mean
FROM v_incidents AS i
LEFT JOIN events AS e ON e.event_id = i.incident_id
WHERE i.event_date IS NOT NULL
GROUP BY i.event_date, i.event_type
