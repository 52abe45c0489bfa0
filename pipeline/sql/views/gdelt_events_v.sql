-- Events in the shape of GDELT 2.0: its 61 columns in its order, FIPS 10-4 for places (own compilation,
-- Apache-2.0), CAMEO for acts, actors and types. A row of v_events each. NULL: tone, ethnic, religious and
-- known-group codes, provinces, places of actors; GLOBALEVENTID is 52 bits of event_key.
WITH countries AS (
  SELECT SUBSTR(pair, 1, 3) AS alpha3, SUBSTR(pair, 5, 2) AS fips
  FROM UNNEST(SPLIT(
    ARRAY_TO_STRING([
      'AFG-AF ALB-AL DZA-AG AND-AN AGO-AO ATG-AC ARG-AR ARM-AM AUS-AS AUT-AU AZE-AJ BHS-BF BHR-BA ',
      'BGD-BG BRB-BB BLR-BO BEL-BE BLZ-BH BEN-BN BTN-BT BOL-BL BIH-BK BWA-BC BRA-BR BRN-BX BGR-BU ',
      'BFA-UV BDI-BY KHM-CB CMR-CM CAN-CA CPV-CV CAF-CT TCD-CD CHL-CI CHN-CH COL-CO COM-CN COD-CG ',
      'COG-CF CRI-CS CIV-IV HRV-HR CUB-CU CYP-CY CZE-EZ DNK-DA DJI-DJ DMA-DO DOM-DR ECU-EC EGY-EG ',
      'SLV-ES GNQ-EK ERI-ER EST-EN SWZ-WZ ETH-ET FJI-FJ FIN-FI FRA-FR GAB-GB GMB-GA GEO-GG DEU-GM ',
      'GHA-GH GRC-GR GRL-GL GRD-GJ GTM-GT GIN-GV GNB-PU GUY-GY HTI-HA HND-HO HKG-HK HUN-HU ISL-IC ',
      'IND-IN IDN-ID IRN-IR IRQ-IZ IRL-EI ISR-IS ITA-IT JAM-JM JPN-JA JOR-JO KAZ-KZ KEN-KE PRK-KN ',
      'KOR-KS XKX-KV KWT-KU KGZ-KG LAO-LA LVA-LG LBN-LE LSO-LT LBR-LI LBY-LY LIE-LS LTU-LH LUX-LU ',
      'MAC-MC MDG-MA MWI-MI MYS-MY MDV-MV MLI-ML MLT-MT MRT-MR MUS-MP MEX-MX FSM-FM MDA-MD MCO-MN ',
      'MNG-MG MNE-MJ MAR-MO MOZ-MZ MMR-BM NAM-WA NPL-NP NLD-NL NZL-NZ NIC-NU NER-NG NGA-NI MKD-MK ',
      'NOR-NO OMN-MU PAK-PK PSE-WE PAN-PM PNG-PP PRY-PA PER-PE PHL-RP POL-PL PRT-PO PRI-RQ QAT-QA ',
      'ROU-RO RUS-RS RWA-RW SAU-SA SEN-SG SRB-RI SYC-SE SLE-SL SGP-SN SVK-LO SVN-SI SLB-BP SOM-SO ',
      'ZAF-SF SSD-OD ESP-SP LKA-CE SDN-SU SUR-NS SWE-SW CHE-SZ SYR-SY TWN-TW TJK-TI TZA-TZ THA-TH ',
      'TLS-TT TGO-TO TON-TN TTO-TD TUN-TS TUR-TU TKM-TX UGA-UG UKR-UP ARE-AE GBR-UK USA-US URY-UY ',
      'UZB-UZ VUT-NH VAT-VT VEN-VE VNM-VM YEM-YM ZMB-ZA ZWE-ZI ESH-WI'
    ], ''),
    ' '
  )) AS pair
),
counted AS (
  SELECT event_key, COUNT(*) AS mentions
  FROM v_event_mentions
  WHERE status = 'asserted' AND confidence >= 0.5
  GROUP BY event_key
),
named AS (
  SELECT
    e.event_key,
    IFNULL(e.event_date, e.published_on) AS day,
    e.event_time AS added,
    e.cameo_code,
    e.quad_gdelt,
    e.goldstein,
    e.url,
    e.publisher_count,
    e.article_count,
    m.mentions,
    EXISTS (SELECT 1 FROM UNNEST(e.evidence) AS part WHERE part.paragraph = 0) AS leading,
    IFNULL(e.actors[SAFE_OFFSET(0)].name, e.actors[SAFE_OFFSET(0)].text) AS actor_name,
    e.actors[SAFE_OFFSET(0)].country AS actor_country,
    IF(ARRAY_LENGTH(e.actors[SAFE_OFFSET(0)].sectors) > 0, ARRAY_TO_STRING([ARRAY_TO_STRING(e.actors[SAFE_OFFSET(0)].sectors, ','), ','], ''), '') AS actor_sectors,
    IFNULL(e.recipients[SAFE_OFFSET(0)].name, e.recipients[SAFE_OFFSET(0)].text) AS recipient_name,
    e.recipients[SAFE_OFFSET(0)].country AS recipient_country,
    IF(ARRAY_LENGTH(e.recipients[SAFE_OFFSET(0)].sectors) > 0, ARRAY_TO_STRING([ARRAY_TO_STRING(e.recipients[SAFE_OFFSET(0)].sectors, ','), ','], ''), '') AS recipient_sectors,
    e.place.name AS place_name,
    e.place.admin1 AS admin1,
    e.place.country AS country,
    e.place.lat AS lat,
    e.place.lon AS lon,
    e.place.precision AS place_precision,
    IF(e.place.country = 'PSE' AND e.place.lon < 34.6, 'GZ', c.fips) AS fips
  FROM v_events AS e
  JOIN counted AS m ON m.event_key = e.event_key
  LEFT JOIN countries AS c ON c.alpha3 = e.place.country
),
  -- PLOVER's sectors under the names that CAMEO has for them, a comma after each.
typed AS (
  SELECT
    n.*,
    CASE n.actor_country WHEN 'XKX' THEN 'KSV' WHEN 'MNE' THEN 'MTN' WHEN 'ROU' THEN 'ROM' WHEN 'TLS' THEN 'TMP' ELSE n.actor_country END AS actor_code,
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REGEXP_REPLACE(n.actor_sectors, r'(REL|UNK|PRE|^),', ''), 'MED,', 'HLH,'), 'JRN,', 'MED,'), 'PRM,', 'MIL,'), 'PTY,', 'OPP,'), 'SOC,', 'NGO,') AS actor_all,
    CASE n.recipient_country WHEN 'XKX' THEN 'KSV' WHEN 'MNE' THEN 'MTN' WHEN 'ROU' THEN 'ROM' WHEN 'TLS' THEN 'TMP' ELSE n.recipient_country END AS recipient_code,
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REGEXP_REPLACE(n.recipient_sectors, r'(REL|UNK|PRE|^),', ''), 'MED,', 'HLH,'), 'JRN,', 'MED,'), 'PRM,', 'MIL,'), 'PTY,', 'OPP,'), 'SOC,', 'NGO,') AS recipient_all
  FROM named AS n
),
  -- Each type once: the first, then what is left without it.
first_type AS (
  SELECT
    t.*,
    SUBSTR(t.actor_all, 1, 4) AS actor_1,
    REPLACE(t.actor_all, SUBSTR(t.actor_all, 1, 4), '') AS actor_rest,
    SUBSTR(t.recipient_all, 1, 4) AS recipient_1,
    REPLACE(t.recipient_all, SUBSTR(t.recipient_all, 1, 4), '') AS recipient_rest
  FROM typed AS t
),
every_type AS (
  SELECT
    f.*,
    ARRAY_TO_STRING([
      f.actor_1,
      SUBSTR(f.actor_rest, 1, 4),
      SUBSTR(REPLACE(f.actor_rest, SUBSTR(f.actor_rest, 1, 4), ''), 1, 4)
    ], '') AS actor_types,
    ARRAY_TO_STRING([
      f.recipient_1,
      SUBSTR(f.recipient_rest, 1, 4),
      SUBSTR(REPLACE(f.recipient_rest, SUBSTR(f.recipient_rest, 1, 4), ''), 1, 4)
    ], '') AS recipient_types
  FROM first_type AS f
)
SELECT
  SAFE_CAST(ARRAY_TO_STRING(['0x', SUBSTR(event_key, 1, 13)], '') AS INT64) AS GLOBALEVENTID,
  EXTRACT(YEAR FROM day) * 10000 + EXTRACT(MONTH FROM day) * 100 + EXTRACT(DAY FROM day) AS SQLDATE,
  EXTRACT(YEAR FROM day) * 100 + EXTRACT(MONTH FROM day) AS MonthYear,
  EXTRACT(YEAR FROM day) AS Year,
  ROUND(
    EXTRACT(YEAR FROM day)
      + LEAST((EXTRACT(MONTH FROM day) * 30 + EXTRACT(DAY FROM day)) / 365, 0.9999),
    4
  ) AS FractionDate,
  NULLIF(ARRAY_TO_STRING([IFNULL(actor_code, ''), REPLACE(actor_types, ',', '')], ''), '') AS Actor1Code,
  actor_name AS Actor1Name,
  actor_code AS Actor1CountryCode,
  CAST(NULL AS STRING) AS Actor1KnownGroupCode,
  CAST(NULL AS STRING) AS Actor1EthnicCode,
  CAST(NULL AS STRING) AS Actor1Religion1Code,
  CAST(NULL AS STRING) AS Actor1Religion2Code,
  NULLIF(SUBSTR(actor_types, 1, 3), '') AS Actor1Type1Code,
  NULLIF(SUBSTR(actor_types, 5, 3), '') AS Actor1Type2Code,
  NULLIF(SUBSTR(actor_types, 9, 3), '') AS Actor1Type3Code,
  NULLIF(ARRAY_TO_STRING([IFNULL(recipient_code, ''), REPLACE(recipient_types, ',', '')], ''), '') AS Actor2Code,
  recipient_name AS Actor2Name,
  recipient_code AS Actor2CountryCode,
  CAST(NULL AS STRING) AS Actor2KnownGroupCode,
  CAST(NULL AS STRING) AS Actor2EthnicCode,
  CAST(NULL AS STRING) AS Actor2Religion1Code,
  CAST(NULL AS STRING) AS Actor2Religion2Code,
  NULLIF(SUBSTR(recipient_types, 1, 3), '') AS Actor2Type1Code,
  NULLIF(SUBSTR(recipient_types, 5, 3), '') AS Actor2Type2Code,
  NULLIF(SUBSTR(recipient_types, 9, 3), '') AS Actor2Type3Code,
  CAST(IF(leading, 1, 0) AS INT64) AS IsRootEvent,
  cameo_code AS EventCode,
  SUBSTR(cameo_code, 1, 3) AS EventBaseCode,
  SUBSTR(cameo_code, 1, 2) AS EventRootCode,
  CAST(CASE quad_gdelt
    WHEN 'verbal_cooperation' THEN 1
    WHEN 'material_cooperation' THEN 2
    WHEN 'verbal_conflict' THEN 3
    WHEN 'material_conflict' THEN 4
  END AS INT64) AS QuadClass,
  goldstein AS GoldsteinScale,
  mentions AS NumMentions,
  publisher_count AS NumSources,
  article_count AS NumArticles,
  CAST(NULL AS FLOAT64) AS AvgTone,
  CAST(0 AS INT64) AS Actor1Geo_Type,
  CAST(NULL AS STRING) AS Actor1Geo_FullName,
  CAST(NULL AS STRING) AS Actor1Geo_CountryCode,
  CAST(NULL AS STRING) AS Actor1Geo_ADM1Code,
  CAST(NULL AS STRING) AS Actor1Geo_ADM2Code,
  CAST(NULL AS FLOAT64) AS Actor1Geo_Lat,
  CAST(NULL AS FLOAT64) AS Actor1Geo_Long,
  CAST(NULL AS STRING) AS Actor1Geo_FeatureID,
  CAST(0 AS INT64) AS Actor2Geo_Type,
  CAST(NULL AS STRING) AS Actor2Geo_FullName,
  CAST(NULL AS STRING) AS Actor2Geo_CountryCode,
  CAST(NULL AS STRING) AS Actor2Geo_ADM1Code,
  CAST(NULL AS STRING) AS Actor2Geo_ADM2Code,
  CAST(NULL AS FLOAT64) AS Actor2Geo_Lat,
  CAST(NULL AS FLOAT64) AS Actor2Geo_Long,
  CAST(NULL AS STRING) AS Actor2Geo_FeatureID,
  CAST(CASE
    WHEN place_name IS NULL AND country IS NULL THEN 0
    WHEN place_precision = 'country' THEN 1
    WHEN place_precision = 'city' THEN IF(country = 'USA', 3, 4)
    ELSE IF(country = 'USA', 2, 5)
  END AS INT64) AS ActionGeo_Type,
  NULLIF(SUBSTR(
    ARRAY_TO_STRING([
      IF(place_name IS NULL, '', ARRAY_TO_STRING([', ', place_name], '')),
      IF(admin1 != IFNULL(place_name, ''), ARRAY_TO_STRING([', ', admin1], ''), ''),
      IF(country != IFNULL(place_name, '') AND country != IFNULL(admin1, ''), ARRAY_TO_STRING([', ', country], ''), '')
    ], ''),
    3
  ), '') AS ActionGeo_FullName,
  fips AS ActionGeo_CountryCode,
  fips AS ActionGeo_ADM1Code,
  CAST(NULL AS STRING) AS ActionGeo_ADM2Code,
  lat AS ActionGeo_Lat,
  lon AS ActionGeo_Long,
  IF(place_precision = 'country', fips, NULL) AS ActionGeo_FeatureID,
  EXTRACT(YEAR FROM added) * 10000000000 + EXTRACT(MONTH FROM added) * 100000000
    + EXTRACT(DAY FROM added) * 1000000 + EXTRACT(HOUR FROM added) * 10000
    + EXTRACT(MINUTE FROM added) * 100 + EXTRACT(SECOND FROM added) AS DATEADDED,
  url AS SOURCEURL
FROM every_type
