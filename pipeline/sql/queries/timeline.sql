-- Events a day: conflict and cooperation side by side.
SELECT
  event_date,
  SUM(IF(goldstein < 0, 1, 0)) AS conflict,
  SUM(IF(goldstein >= 0, 1, 0)) AS cooperation,
  ROUND(AVG(goldstein), 2) AS goldstein_mean
FROM v_events
WHERE event_date IS NOT NULL
GROUP BY event_date
ORDER BY event_date
