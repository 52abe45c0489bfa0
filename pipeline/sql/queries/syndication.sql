-- Which publisher takes over whose articles, and from which agency.
SELECT
  origin_publisher,
  copy_publisher,
  origin_agency,
  COUNT(*) AS copies,
  ROUND(AVG(day_gap), 2) AS day_gap_mean
FROM v_syndication
GROUP BY origin_publisher, copy_publisher, origin_agency
ORDER BY copies DESC, origin_publisher, copy_publisher, origin_agency
