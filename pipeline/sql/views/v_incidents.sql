-- What happened, one row an incident however many articles tell it, with its latest toll: casualties
-- are counted once. Copies of one text are one origin; of a page its latest revision counts.
WITH reports AS (
  SELECT
    i.incident_id,
    e.event_id,
    e.event_type,
    e.event_date,
    e.place,
    e.actors,
    e.recipients,
    e.status,
    e.fatalities_min,
    e.fatalities_max,
    e.injured_min,
    e.injured_max,
    e.event_time,
    a.article_id,
    a.title,
    a.url,
    IFNULL(a.cluster_id, a.article_id) AS origin,
    ROW_NUMBER() OVER (
      PARTITION BY i.incident_id
      ORDER BY IF(e.event_time IS NULL, 1, 0), e.event_time, e.event_id
    ) AS nth_report,
    ROW_NUMBER() OVER (
      PARTITION BY i.incident_id
      ORDER BY
        IF(e.event_date IS NULL, 1, 0),
        IF(e.event_date_basis IN ('explicit', 'relative'), 0, 1),
        IF(e.event_time IS NULL, 1, 0), e.event_time, e.event_id
    ) AS nth_date,
    ROW_NUMBER() OVER (
      PARTITION BY i.incident_id
      ORDER BY
        CASE e.place.precision WHEN 'city' THEN 0 WHEN 'admin1' THEN 1 WHEN 'region' THEN 2 WHEN 'country' THEN 3 ELSE 4 END,
        IF(e.event_time IS NULL, 1, 0), e.event_time, e.event_id
    ) AS nth_place,
    ROW_NUMBER() OVER (
      PARTITION BY i.incident_id
      ORDER BY IF(ARRAY_LENGTH(e.actors) > 0, 0, 1), e.confidence DESC, e.event_time, e.event_id
    ) AS nth_actors,
    ROW_NUMBER() OVER (
      PARTITION BY i.incident_id
      ORDER BY IF(ARRAY_LENGTH(e.recipients) > 0, 0, 1), e.confidence DESC, e.event_time, e.event_id
    ) AS nth_recipients,
    ROW_NUMBER() OVER (
      PARTITION BY i.incident_id
      ORDER BY
        IF(IFNULL(e.fatalities_min, e.fatalities_max) IS NULL, 1, 0),
        IF(e.event_time IS NULL, 1, 0), e.event_time DESC,
        IFNULL(e.fatalities_max, e.fatalities_min) DESC, e.event_id
    ) AS nth_dead,
    ROW_NUMBER() OVER (
      PARTITION BY i.incident_id
      ORDER BY
        IF(IFNULL(e.injured_min, e.injured_max) IS NULL, 1, 0),
        IF(e.event_time IS NULL, 1, 0), e.event_time DESC,
        IFNULL(e.injured_max, e.injured_min) DESC, e.event_id
    ) AS nth_injured
  FROM incidents AS i
  JOIN events AS e ON e.event_id = i.event_id
  JOIN (
    SELECT v.article_id, v.title, v.url, v.cluster_id
    FROM v_articles AS v
    WHERE TRUE
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY v.page_id, v.cluster_id ORDER BY v.revision DESC, v.article_id
    ) = 1
  ) AS a ON a.article_id = e.article_id
  WHERE e.status = 'asserted' AND e.confidence >= 0.5
)
SELECT
  r.incident_id,
  f.event_type,
  r.event_date,
  p.place,
  x.actors,
  y.recipients,
  f.status,
  r.fatalities_min,
  r.fatalities_max,
  r.injured_min,
  r.injured_max,
  r.first_reported_at,
  r.last_reported_at,
  r.article_count,
  r.origin_count,
  k.event_ids,
  f.title,
  f.url
FROM (
  SELECT
    incident_id,
    MAX(IF(nth_date = 1, event_date, NULL)) AS event_date,
    MAX(IF(nth_dead = 1, fatalities_min, NULL)) AS fatalities_min,
    MAX(IF(nth_dead = 1, fatalities_max, NULL)) AS fatalities_max,
    MAX(IF(nth_injured = 1, injured_min, NULL)) AS injured_min,
    MAX(IF(nth_injured = 1, injured_max, NULL)) AS injured_max,
    MIN(event_time) AS first_reported_at,
    MAX(event_time) AS last_reported_at,
    COUNT(DISTINCT article_id) AS article_count,
    COUNT(DISTINCT origin) AS origin_count
  FROM reports
  GROUP BY incident_id
) AS r
JOIN (
  SELECT
    j.incident_id,
    ARRAY_AGG(
      j.event_id ORDER BY IF(n.event_time IS NULL, 1, 0), n.event_time, j.event_id
    ) AS event_ids
  FROM incidents AS j
  JOIN events AS n ON n.event_id = j.event_id
  GROUP BY j.incident_id
) AS k ON k.incident_id = r.incident_id
JOIN reports AS f ON f.incident_id = r.incident_id AND f.nth_report = 1
JOIN reports AS p ON p.incident_id = r.incident_id AND p.nth_place = 1
JOIN reports AS x ON x.incident_id = r.incident_id AND x.nth_actors = 1
JOIN reports AS y ON y.incident_id = r.incident_id AND y.nth_recipients = 1
