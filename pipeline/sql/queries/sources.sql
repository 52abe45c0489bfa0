-- Publishers by output: originals, copies, undated articles, events.
SELECT publisher, article_versions, originals, copies, with_agency, undated, events
FROM v_sources
ORDER BY article_versions DESC, publisher
