-- Pages that changed: every version after the first beside the one before it.
SELECT
  v.page_id,
  v.url,
  v.publisher,
  v.revision,
  v.article_id,
  p.article_id AS previous_article_id,
  v.published_at,
  v.modified_at,
  v.title,
  p.title AS previous_title,
  IFNULL(v.title, '') != IFNULL(p.title, '') AS title_changed,
  LENGTH(v.body) - LENGTH(p.body) AS length_change,
  v.event_tags,
  p.event_tags AS previous_event_tags
FROM v_articles AS v
JOIN v_articles AS p ON p.article_id = v.duplicate_of
WHERE v.revision > 1
