-- Events a day and type, with their least and greatest casualties and mean Goldstein value.
SELECT
  event_date,
  event_type,
  COUNT(*) AS events,
  SUM(article_count) AS articles,
  SUM(IFNULL(fatalities_min, 0)) AS fatalities_min,
  SUM(IFNULL(fatalities_max, IFNULL(fatalities_min, 0))) AS fatalities_max,
  SUM(IFNULL(injured_min, 0)) AS injured_min,
  SUM(IFNULL(injured_max, IFNULL(injured_min, 0))) AS injured_max,
  AVG(goldstein) AS goldstein_mean
FROM v_events
WHERE event_date IS NOT NULL
GROUP BY event_date, event_type
