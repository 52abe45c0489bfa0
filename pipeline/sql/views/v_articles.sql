-- Every article version with its cluster, its revision and the types of its asserted events.
SELECT
  a.*,
  c.cluster_id,
  c.duplicate_kind,
  c.duplicate_of,
  c.revision,
  IFNULL(t.event_tags, []) AS event_tags
FROM articles AS a
LEFT JOIN clusters AS c ON c.article_id = a.article_id
LEFT JOIN (
  SELECT article_id, ARRAY_AGG(DISTINCT event_type ORDER BY event_type) AS event_tags
  FROM events
  WHERE status = 'asserted'
  GROUP BY article_id
) AS t ON t.article_id = a.article_id
