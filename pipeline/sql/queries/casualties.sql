-- Reported deaths and injuries by country, each incident's latest toll counted once.
SELECT
  place.country AS country,
  COUNT(*) AS incidents,
  SUM(IFNULL(fatalities_min, 0)) AS fatalities_min,
  SUM(IFNULL(fatalities_max, IFNULL(fatalities_min, 0))) AS fatalities_max,
  SUM(IFNULL(injured_max, IFNULL(injured_min, 0))) AS injured_max
FROM v_incidents
WHERE event_type = 'ASSAULT'
GROUP BY place.country
ORDER BY fatalities_max DESC, country
