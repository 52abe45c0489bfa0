-- Incidents in the shape of ACLED: its 31 columns in its order, a row of v_incidents each, where its category is one
-- of ACLED's six, derived from PLOVER type, modes and sectors. country is ISO 3166 alpha-3. NULL: associated
-- actors, numeric country codes, regions of the world, districts, scale of sources, tags.
WITH modes AS (
  SELECT
    i.incident_id,
    MAX(IF(m = 'riot', 1, 0)) AS riot,
    MAX(IF(m IN ('aerial', 'drone'), 1, 0)) AS air,
    MAX(IF(m = 'suicide-attack', 1, 0)) AS suicide,
    MAX(IF(m = 'heavy-weapons', 1, 0)) AS heavy,
    MAX(IF(m = 'explosives', 1, 0)) AS explosives,
    MAX(IF(m = 'abduct', 1, 0)) AS abduct,
    MAX(IF(m = 'sexual', 1, 0)) AS sexual,
    MAX(IF(m = 'ceasefire', 1, 0)) AS ceasefire,
    MAX(IF(m = 'seize', 1, 0)) AS seize
  FROM incidents AS i
  JOIN events AS e ON e.event_id = i.event_id, UNNEST(e.modes) AS m
  WHERE e.status = 'asserted' AND e.confidence >= 0.5
  GROUP BY i.incident_id
),
days AS (
  SELECT
    i.incident_id,
    e.event_date,
    CAST(MIN(
      CASE e.event_date_precision WHEN 'day' THEN 1 WHEN 'week' THEN 2 WHEN 'month' THEN 3 WHEN 'year' THEN 3 END
    ) AS INT64) AS time_precision
  FROM incidents AS i
  JOIN events AS e ON e.event_id = i.event_id
  GROUP BY i.incident_id, e.event_date
),
outlets AS (
  SELECT
    i.incident_id,
    ARRAY_TO_STRING(ARRAY_AGG(DISTINCT a.publisher ORDER BY a.publisher), '; ') AS publishers
  FROM incidents AS i
  JOIN events AS e ON e.event_id = i.event_id
  JOIN articles AS a ON a.article_id = e.article_id
  WHERE a.publisher IS NOT NULL
  GROUP BY i.incident_id
),
named AS (
  SELECT
    i.incident_id,
    i.event_type,
    i.event_date,
    d.time_precision,
    IFNULL(i.actors[SAFE_OFFSET(0)].name, i.actors[SAFE_OFFSET(0)].text) AS actor,
    i.actors[SAFE_OFFSET(0)].sectors[SAFE_OFFSET(0)] AS actor_sector,
    IFNULL(i.recipients[SAFE_OFFSET(0)].name, i.recipients[SAFE_OFFSET(0)].text) AS recipient,
    i.recipients[SAFE_OFFSET(0)].sectors[SAFE_OFFSET(0)] AS recipient_sector,
    i.place.country AS country,
    i.place.admin1 AS admin1,
    i.place.name AS location,
    i.place.lat AS latitude,
    i.place.lon AS longitude,
    CAST(
      CASE i.place.precision WHEN 'city' THEN 1 WHEN 'admin1' THEN 2 WHEN 'region' THEN 3 WHEN 'country' THEN 3 END
      AS INT64
    ) AS geo_precision,
    o.publishers,
    i.title,
    IFNULL(i.fatalities_max, IFNULL(i.fatalities_min, 0)) AS fatalities,
    DIV(UNIX_MICROS(i.last_reported_at), 1000000) AS changed,
    IFNULL(m.riot, 0) AS riot,
    IFNULL(m.air, 0) AS air,
    IFNULL(m.suicide, 0) AS suicide,
    IFNULL(m.heavy, 0) AS heavy,
    IFNULL(m.explosives, 0) AS explosives,
    IFNULL(m.abduct, 0) AS abduct,
    IFNULL(m.sexual, 0) AS sexual,
    IFNULL(m.ceasefire, 0) AS ceasefire,
    IFNULL(m.seize, 0) AS seize,
    EXISTS (
      SELECT 1 FROM UNNEST(i.recipients) AS r, UNNEST(r.sectors) AS s
      WHERE s IN ('MIL', 'REB', 'UAF', 'COP')
    ) AS armed
  FROM v_incidents AS i
  LEFT JOIN modes AS m ON m.incident_id = i.incident_id
  LEFT JOIN outlets AS o ON o.incident_id = i.incident_id
  LEFT JOIN days AS d ON d.incident_id = i.incident_id AND d.event_date = i.event_date
),
typed AS (
  SELECT
    n.*,
    CASE
      WHEN n.event_type = 'PROTEST' THEN IF(n.riot = 1, 'Riots', 'Protests')
      WHEN n.event_type = 'ASSAULT' THEN CASE
        WHEN n.air + n.suicide + n.heavy + n.explosives > 0 THEN 'Explosions/Remote violence'
        WHEN n.armed THEN 'Battles'
        ELSE 'Violence against civilians'
      END
      ELSE 'Strategic developments'
    END AS category,
    CASE
      WHEN n.event_type = 'PROTEST' THEN IF(n.riot = 1, 'Rioters', 'Protesters')
      ELSE CASE
      WHEN n.actor_sector IN ('GOV', 'MIL', 'COP', 'SPY', 'LEG', 'JUD') THEN 'State forces'
      WHEN n.actor_sector = 'REB' THEN 'Rebel group'
      WHEN n.actor_sector IN ('PRM', 'PTY', 'CRM', 'UAF', 'OPP') THEN 'Political militia'
      WHEN n.actor_sector IN ('IGO', 'IMG', 'ISM', 'MNC') THEN 'External/Other forces'
      WHEN n.actor_sector IS NOT NULL AND n.actor_sector NOT IN ('UNK', 'PRE') THEN 'Civilians'
    END
    END AS actor_role,
    CASE
    WHEN n.recipient_sector IN ('GOV', 'MIL', 'COP', 'SPY', 'LEG', 'JUD') THEN 'State forces'
    WHEN n.recipient_sector = 'REB' THEN 'Rebel group'
    WHEN n.recipient_sector IN ('PRM', 'PTY', 'CRM', 'UAF', 'OPP') THEN 'Political militia'
    WHEN n.recipient_sector IN ('IGO', 'IMG', 'ISM', 'MNC') THEN 'External/Other forces'
    WHEN n.recipient_sector IS NOT NULL AND n.recipient_sector NOT IN ('UNK', 'PRE') THEN 'Civilians'
  END AS recipient_role
  FROM named AS n
  WHERE n.event_type IN ('PROTEST', 'ASSAULT', 'MOBILIZE')
    OR (n.event_type = 'RETREAT' AND n.ceasefire = 1)
    OR (n.event_type = 'COERCE' AND n.seize = 1)
)
SELECT
  incident_id AS event_id_cnty,
  event_date,
  EXTRACT(YEAR FROM event_date) AS year,
  time_precision,
  CASE
    WHEN category IN ('Protests', 'Riots') THEN 'Demonstrations'
    WHEN category = 'Strategic developments' THEN 'Strategic developments'
    ELSE 'Political violence'
  END AS disorder_type,
  category AS event_type,
  CASE category
    WHEN 'Riots' THEN 'Violent demonstration'
    WHEN 'Protests' THEN 'Peaceful protest'
    WHEN 'Battles' THEN 'Armed clash'
    WHEN 'Explosions/Remote violence' THEN CASE
      WHEN suicide = 1 THEN 'Suicide bomb'
      WHEN air = 1 THEN 'Air/drone strike'
      WHEN heavy = 1 THEN 'Shelling/artillery/missile attack'
      ELSE 'Remote explosive/landmine/IED'
    END
    WHEN 'Violence against civilians' THEN CASE
      WHEN abduct = 1 THEN 'Abduction/forced disappearance'
      WHEN sexual = 1 THEN 'Sexual violence'
      ELSE 'Attack'
    END
    ELSE CASE
      WHEN event_type = 'RETREAT' THEN 'Agreement'
      WHEN event_type = 'COERCE' THEN 'Looting/property destruction'
      ELSE 'Other'
    END
  END AS sub_event_type,
  actor AS actor1,
  CAST(NULL AS STRING) AS assoc_actor_1,
  actor_role AS inter1,
  recipient AS actor2,
  CAST(NULL AS STRING) AS assoc_actor_2,
  recipient_role AS inter2,
  CASE
    WHEN actor_role IS NULL THEN NULL
    WHEN recipient_role IS NULL THEN ARRAY_TO_STRING([actor_role, ' only'], '')
    ELSE ARRAY_TO_STRING([actor_role, '-', recipient_role], '')
  END AS interaction,
  IF(recipient_role = 'Civilians' AND event_type = 'ASSAULT', 'Civilian targeting', NULL) AS civilian_targeting,
  CAST(NULL AS INT64) AS iso,
  CAST(NULL AS STRING) AS region,
  country,
  admin1,
  CAST(NULL AS STRING) AS admin2,
  CAST(NULL AS STRING) AS admin3,
  location,
  latitude,
  longitude,
  geo_precision,
  publishers AS source,
  CAST(NULL AS STRING) AS source_scale,
  title AS notes,
  fatalities,
  CAST(NULL AS STRING) AS tags,
  changed AS `timestamp`
FROM typed
