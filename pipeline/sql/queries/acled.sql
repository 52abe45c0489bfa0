-- Events in the six ACLED categories, derived from PLOVER type, modes and sectors.
SELECT
  x.acled_type,
  COUNT(*) AS events,
  SUM(IFNULL(x.fatalities_max, IFNULL(x.fatalities_min, 0))) AS fatalities_max
FROM (
  SELECT
    e.event_id,
    e.fatalities_min,
    e.fatalities_max,
    CASE
      WHEN e.event_type = 'PROTEST' AND 'riot' IN UNNEST(e.modes) THEN 'Riots'
      WHEN e.event_type = 'PROTEST' THEN 'Protests'
      WHEN e.event_type = 'ASSAULT' AND EXISTS (
        SELECT 1 FROM UNNEST(e.modes) AS m
        WHERE m IN ('explosives', 'aerial', 'drone', 'heavy-weapons', 'suicide-attack')
      ) THEN 'Explosions/Remote violence'
      WHEN e.event_type = 'ASSAULT' AND EXISTS (
        SELECT 1 FROM UNNEST(e.recipients) AS r, UNNEST(r.sectors) AS s
        WHERE s IN ('MIL', 'REB', 'UAF', 'COP')
      ) THEN 'Battles'
      WHEN e.event_type = 'ASSAULT' THEN 'Violence against civilians'
      ELSE 'Strategic developments'
    END AS acled_type
  FROM v_events AS e
  WHERE e.event_type IN ('PROTEST', 'ASSAULT', 'MOBILIZE')
    OR (e.event_type = 'RETREAT' AND 'ceasefire' IN UNNEST(e.modes))
    OR (e.event_type = 'COERCE' AND 'seize' IN UNNEST(e.modes))
) AS x
GROUP BY x.acled_type
ORDER BY events DESC, x.acled_type
