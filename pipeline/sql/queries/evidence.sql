-- The sentences behind the events, quoted from the articles by their offsets.
SELECT
  e.event_type,
  e.event_date,
  m.field,
  SUBSTR(IF(m.field = 'title', a.title, a.body), m.char_start + 1, m.char_end - m.char_start) AS quoted,
  a.url
FROM v_events AS e, UNNEST(e.evidence) AS m
JOIN articles AS a ON a.article_id = e.article_id
ORDER BY e.event_date, e.event_id, m.field, m.char_start
LIMIT 100
