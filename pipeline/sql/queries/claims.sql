-- Who says so: events by the speaker they are attributed to.
SELECT speaker, claim_status, event_type, COUNT(*) AS events
FROM v_event_mentions
WHERE speaker IS NOT NULL
GROUP BY speaker, claim_status, event_type
ORDER BY events DESC, speaker, event_type, claim_status
LIMIT 50
