-- One row a publisher: how much it publishes, how much of that is its own, how many events.
SELECT
  v.publisher,
  MAX(v.publisher_country) AS publisher_country,
  COUNT(*) AS article_versions,
  COUNT(DISTINCT v.page_id) AS pages,
  SUM(IF(v.duplicate_kind IS NULL, 1, 0)) AS originals,
  SUM(IF(v.duplicate_kind IN ('exact', 'near', 'contained'), 1, 0)) AS copies,
  SUM(IF(v.agency IS NOT NULL, 1, 0)) AS with_agency,
  SUM(IF(v.published_at IS NULL, 1, 0)) AS undated,
  SUM(IFNULL(e.events, 0)) AS events,
  MIN(v.event_time) AS first_event_time,
  MAX(v.event_time) AS last_event_time
FROM v_articles AS v
LEFT JOIN (
  SELECT article_id, COUNT(*) AS events
  FROM events
  WHERE status = 'asserted' AND confidence >= 0.5
  GROUP BY article_id
) AS e ON e.article_id = v.article_id
GROUP BY v.publisher
