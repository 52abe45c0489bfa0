-- One row a story: the head of each cluster in its latest revision, with how far it spread.
SELECT
  v.*,
  s.articles AS article_count,
  s.publishers AS publisher_count,
  s.first_published_at
FROM v_articles AS v
JOIN (
  SELECT
    m.cluster_id,
    MAX(IF(m.article_id = m.cluster_id, m.page_id, NULL)) AS head_page_id,
    COUNT(*) AS articles,
    COUNT(DISTINCT m.publisher) AS publishers,
    MIN(m.published_at) AS first_published_at
  FROM v_articles AS m
  WHERE m.cluster_id IS NOT NULL
  GROUP BY m.cluster_id
) AS s ON s.cluster_id = v.cluster_id AND s.head_page_id = v.page_id
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (PARTITION BY v.cluster_id ORDER BY v.revision DESC, v.article_id) = 1
