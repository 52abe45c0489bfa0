-- How many events of each PLOVER type, and how cooperative or hostile they are.
SELECT
  event_type,
  quad_plover,
  COUNT(*) AS events,
  SUM(article_count) AS articles,
  ROUND(AVG(goldstein), 2) AS goldstein_mean
FROM v_events
GROUP BY event_type, quad_plover
ORDER BY events DESC, event_type
