-- How the fetching does, a row an hour (UTC) in which anything was asked, fetched or refused: requests and
-- those that failed, new articles, minutes from publication to fetch, dead letters, and feeds that had brought
-- something before and nothing new in the last 24 hours.
WITH happened AS (
  SELECT
    DIV(UNIX_MICROS(started_at), 3600000000) AS h,
    started_at AS moment,
    1 AS requests,
    IF(outcome IN ('ok', 'not_modified'), 0, 1) AS failed_requests,
    0 AS articles,
    CAST(NULL AS FLOAT64) AS lag_minutes,
    0 AS dead_letters
  FROM fetch_log
  UNION ALL
  SELECT
    DIV(UNIX_MICROS(fetched_at), 3600000000) AS h,
    fetched_at AS moment,
    0 AS requests,
    0 AS failed_requests,
    1 AS articles,
    IF(
      published_precision IN ('second', 'minute'),
      (UNIX_MICROS(fetched_at) - UNIX_MICROS(published_at)) / 60000000,
      NULL
    ) AS lag_minutes,
    0 AS dead_letters
  FROM articles
  WHERE fetched_at IS NOT NULL
  UNION ALL
  SELECT
    DIV(UNIX_MICROS(failed_at), 3600000000) AS h,
    failed_at AS moment,
    0 AS requests,
    0 AS failed_requests,
    0 AS articles,
    CAST(NULL AS FLOAT64) AS lag_minutes,
    1 AS dead_letters
  FROM dead_letters
),
news AS (
  SELECT
    feed_url,
    DIV(UNIX_MICROS(first_seen_at), 3600000000) AS h
  FROM appearances
  GROUP BY feed_url, DIV(UNIX_MICROS(first_seen_at), 3600000000)
),
pauses AS (
  SELECT
    feed_url,
    h,
    LEAD(h) OVER (PARTITION BY feed_url ORDER BY h) AS next_h
  FROM news
),
silent AS (
  SELECT
    hours.h,
    COUNT(*) AS feeds
  FROM (SELECT DISTINCT h FROM happened) AS hours
  JOIN pauses
    ON hours.h >= pauses.h + 24 AND (pauses.next_h IS NULL OR hours.h < pauses.next_h)
  GROUP BY hours.h
)
SELECT
  DATE(MIN(e.moment)) AS day,
  EXTRACT(HOUR FROM MIN(e.moment)) AS hour,
  SUM(e.requests) AS requests,
  SUM(e.failed_requests) AS failed_requests,
  SUM(e.articles) AS articles,
  AVG(e.lag_minutes) AS lag_minutes,
  SUM(e.dead_letters) AS dead_letters,
  IFNULL(MAX(s.feeds), 0) AS silent_feeds
FROM happened AS e
LEFT JOIN silent AS s ON s.h = e.h
GROUP BY e.h
