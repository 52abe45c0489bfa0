-- The latest stories: when, where published, how far they spread, and what happened in them.
SELECT
  IFNULL(published_on, DATE(event_time)) AS day,
  publisher,
  title,
  article_count,
  publisher_count,
  ARRAY_TO_STRING(event_tags, ' ') AS event_types
FROM v_stories
ORDER BY event_time DESC, article_id
LIMIT 50
