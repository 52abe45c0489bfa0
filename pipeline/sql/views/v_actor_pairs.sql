-- Who does what to whom: pairs of actor and recipient country by event type.
SELECT
  p.actor_country,
  p.recipient_country,
  p.event_type,
  COUNT(*) AS events,
  AVG(p.goldstein) AS goldstein_mean,
  MIN(p.event_date) AS first_event_date,
  MAX(p.event_date) AS last_event_date
FROM (
  SELECT DISTINCT
    e.event_id,
    e.event_type,
    e.event_date,
    e.goldstein,
    actor.country AS actor_country,
    recipient.country AS recipient_country
  FROM v_events AS e, UNNEST(e.actors) AS actor, UNNEST(e.recipients) AS recipient
  WHERE actor.country IS NOT NULL AND recipient.country IS NOT NULL
) AS p
GROUP BY p.actor_country, p.recipient_country, p.event_type
