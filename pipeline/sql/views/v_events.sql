-- Asserted events of the latest revision of every article at or above the default confidence, one
-- row per event_key: an event is hidden only by another mention of it, never since its article is a
-- copy.
SELECT
  e.*,
  s.title,
  s.url,
  s.publisher,
  s.published_at,
  s.published_on,
  s.cluster_id,
  m.articles AS article_count,
  m.publishers AS publisher_count
FROM events AS e
JOIN (
  SELECT
    v.article_id, v.title, v.url, v.publisher, v.published_at, v.published_on, v.cluster_id
  FROM v_articles AS v
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY v.page_id, v.cluster_id ORDER BY v.revision DESC, v.article_id
  ) = 1
) AS s ON s.article_id = e.article_id
JOIN (
  SELECT
    event_key,
    COUNT(DISTINCT article_id) AS articles,
    COUNT(DISTINCT publisher) AS publishers
  FROM v_event_mentions
  WHERE status = 'asserted' AND confidence >= 0.5
  GROUP BY event_key
) AS m ON m.event_key = e.event_key
WHERE e.status = 'asserted' AND e.confidence >= 0.5
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY e.event_key ORDER BY e.confidence DESC, s.published_at, e.event_id
) = 1
