-- Pairs of countries by how often one acts on the other, most active first.
SELECT
  actor_country,
  recipient_country,
  SUM(events) AS events,
  ROUND(AVG(goldstein_mean), 2) AS goldstein_mean
FROM v_actor_pairs
GROUP BY actor_country, recipient_country
ORDER BY events DESC, actor_country, recipient_country
LIMIT 50
