-- Every coded event in every article version, copies and all statuses included, with its source.
SELECT
  e.*,
  a.title,
  a.url,
  a.publisher,
  a.publisher_country,
  a.published_at,
  a.published_on,
  a.cluster_id,
  a.duplicate_kind,
  a.revision
FROM events AS e
LEFT JOIN v_articles AS a ON a.article_id = e.article_id
