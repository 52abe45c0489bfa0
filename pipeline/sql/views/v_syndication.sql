-- Who republished whom: every verified pair of copies, the earlier article as the origin (one
-- without any time never is, unless both are; then the smaller id).
SELECT
  d.kind,
  IF(p.a_first, a.article_id, b.article_id) AS origin_article_id,
  IF(p.a_first, b.article_id, a.article_id) AS copy_article_id,
  IF(p.a_first, a.publisher, b.publisher) AS origin_publisher,
  IF(p.a_first, b.publisher, a.publisher) AS copy_publisher,
  IF(p.a_first, a.title, b.title) AS origin_title,
  IF(p.a_first, b.title, a.title) AS copy_title,
  IF(p.a_first, a.event_time, b.event_time) AS origin_event_time,
  IF(p.a_first, b.event_time, a.event_time) AS copy_event_time,
  d.origin_agency,
  d.same_publisher,
  d.day_gap,
  d.jaccard,
  d.containment
FROM duplicates AS d
JOIN articles AS a ON a.article_id = d.article_a
JOIN articles AS b ON b.article_id = d.article_b
JOIN (
  SELECT
    q.article_a,
    q.article_b,
    IFNULL(x.event_time <= y.event_time, y.event_time IS NULL) AS a_first
  FROM duplicates AS q
  JOIN articles AS x ON x.article_id = q.article_a
  JOIN articles AS y ON y.article_id = q.article_b
) AS p ON p.article_a = d.article_a AND p.article_b = d.article_b
WHERE d.kind IN ('exact', 'near', 'contained')
