-- Pages that changed after publication, and what changed.
SELECT publisher, url, revision, title_changed, length_change, previous_title, title
FROM v_revisions
ORDER BY url, revision
