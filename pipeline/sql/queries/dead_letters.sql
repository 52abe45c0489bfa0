-- What could not go on, by stage and reason, and whether another try may help.
SELECT stage, reason, retriable, COUNT(*) AS dead_letters, MIN(url) AS example_url, MIN(detail) AS example
FROM dead_letters
WHERE resolved_at IS NULL
GROUP BY stage, reason, retriable
ORDER BY dead_letters DESC, stage, reason
