-- Mentions in the shape of GDELT 2.0: its 16 columns in its order, a row each report that is asserted at or
-- above the default confidence. SentenceID counts paragraphs from 1; offsets count characters of the body, -1 where
-- there is none. NULL: MentionDocTone, Extras.
SELECT
  SAFE_CAST(ARRAY_TO_STRING(['0x', SUBSTR(m.event_key, 1, 13)], '') AS INT64) AS GLOBALEVENTID,
  EXTRACT(YEAR FROM v.event_time) * 10000000000 + EXTRACT(MONTH FROM v.event_time) * 100000000
    + EXTRACT(DAY FROM v.event_time) * 1000000 + EXTRACT(HOUR FROM v.event_time) * 10000
    + EXTRACT(MINUTE FROM v.event_time) * 100 + EXTRACT(SECOND FROM v.event_time) AS EventTimeDate,
  EXTRACT(YEAR FROM m.event_time) * 10000000000 + EXTRACT(MONTH FROM m.event_time) * 100000000
    + EXTRACT(DAY FROM m.event_time) * 1000000 + EXTRACT(HOUR FROM m.event_time) * 10000
    + EXTRACT(MINUTE FROM m.event_time) * 100 + EXTRACT(SECOND FROM m.event_time) AS MentionTimeDate,
  CAST(1 AS INT64) AS MentionType,
  m.publisher AS MentionSourceName,
  m.url AS MentionIdentifier,
  (SELECT MIN(part.paragraph) + 1 FROM UNNEST(m.evidence) AS part) AS SentenceID,
  IF(m.actors[SAFE_OFFSET(0)].field = 'body', IFNULL(m.actors[SAFE_OFFSET(0)].char_start, -1), -1) AS Actor1CharOffset,
  IF(m.recipients[SAFE_OFFSET(0)].field = 'body', IFNULL(m.recipients[SAFE_OFFSET(0)].char_start, -1), -1) AS Actor2CharOffset,
  IF(m.`trigger`.field = 'body', IFNULL(m.`trigger`.char_start, -1), -1) AS ActionCharOffset,
  CAST(1 AS INT64) AS InRawText,
  CAST(ROUND(m.confidence * 100) AS INT64) AS Confidence,
  CHAR_LENGTH(a.body) AS MentionDocLen,
  CAST(NULL AS FLOAT64) AS MentionDocTone,
  'srclc:ara' AS MentionDocTranslationInfo,
  CAST(NULL AS STRING) AS Extras
FROM v_event_mentions AS m
JOIN v_events AS v ON v.event_key = m.event_key
JOIN articles AS a ON a.article_id = m.article_id
WHERE m.status = 'asserted' AND m.confidence >= 0.5
