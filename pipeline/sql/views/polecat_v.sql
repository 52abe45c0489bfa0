-- Events in the shape of POLECAT: its 40 columns in its order, its spaces as underscores, a row of v_events each.
-- Event_Mode is the first mode, actors and recipients the first of each. NULL: Correlates of War and Wikipedia
-- codes, titles, districts, feature types, what a story names as a whole.
SELECT
  e.event_id AS Event_ID,
  IFNULL(e.event_date, e.published_on) AS Event_Date,
  e.event_type AS Event_Type,
  e.modes[SAFE_OFFSET(0)] AS Event_Mode,
  e.plover_score AS Intensity,
  CASE e.quad_plover
    WHEN 'verbal_cooperation' THEN 'VERBAL COOPERATION'
    WHEN 'material_cooperation' THEN 'MATERIAL COOPERATION'
    WHEN 'verbal_conflict' THEN 'VERBAL CONFLICT'
    WHEN 'material_conflict' THEN 'MATERIAL CONFLICT'
  END AS Quad_Code,
  NULLIF(ARRAY_TO_STRING(e.contexts, ';'), '') AS Contexts,
  e.actors[SAFE_OFFSET(0)].name AS Actor_Name,
  e.actors[SAFE_OFFSET(0)].country AS Actor_Country,
  CAST(NULL AS STRING) AS Actor_COW,
  e.actors[SAFE_OFFSET(0)].sectors[SAFE_OFFSET(0)] AS Primary_Actor_Sector,
  NULLIF(ARRAY_TO_STRING(e.actors[SAFE_OFFSET(0)].sectors, ';'), '') AS Actor_Sectors,
  CAST(NULL AS STRING) AS Actor_Title,
  e.actors[SAFE_OFFSET(0)].text AS Actor_Name_Raw,
  CAST(NULL AS STRING) AS Wikipedia_Actor_ID,
  e.recipients[SAFE_OFFSET(0)].name AS Recipient_Name,
  e.recipients[SAFE_OFFSET(0)].country AS Recipient_Country,
  CAST(NULL AS STRING) AS Recipient_COW,
  e.recipients[SAFE_OFFSET(0)].sectors[SAFE_OFFSET(0)] AS Primary_Recipient_Sector,
  NULLIF(ARRAY_TO_STRING(e.recipients[SAFE_OFFSET(0)].sectors, ';'), '') AS Recipient_Sectors,
  CAST(NULL AS STRING) AS Recipient_Title,
  e.recipients[SAFE_OFFSET(0)].text AS Recipient_Name_Raw,
  CAST(NULL AS STRING) AS Wikipedia_Recipient_ID,
  e.place.name AS Placename,
  IF(e.place.precision = 'city', e.place.name, NULL) AS City,
  CAST(NULL AS STRING) AS District,
  e.place.admin1 AS Province,
  e.place.country AS Country,
  e.place.lat AS Latitude,
  e.place.lon AS Longitude,
  e.place.geonames_id AS GeoNames_ID,
  e.place.text AS Raw_Placename,
  CAST(NULL AS STRING) AS Feature_Type,
  e.publisher AS Source,
  e.published_on AS Publication_Date,
  CAST(NULL AS STRING) AS Story_People,
  CAST(NULL AS STRING) AS Story_Organizations,
  CAST(NULL AS STRING) AS Story_Locations,
  'ar' AS Language,
  e.coder_version AS Version
FROM v_events AS e
