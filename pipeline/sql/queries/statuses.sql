-- What is not asserted: negated, future, hypothetical and historical mentions by type.
SELECT event_type, status, COUNT(*) AS mentions
FROM v_event_mentions
GROUP BY event_type, status
ORDER BY event_type, status
