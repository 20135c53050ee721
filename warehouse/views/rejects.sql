-- title: Rejected lines
-- grain: one line of a source that became no result
-- key: sheet_id, line
-- counts: Lines with the outcome reject only; captions, headers and blank lines are no rejects.
-- reason: Why the line was rejected, and what would settle it.
SELECT sheets.event_id, lines.sheet_id, sheets.path, lines.line, lines.reason, lines.text
FROM lines
JOIN sheets ON sheets.sheet_id = lines.sheet_id
WHERE lines.outcome = 'reject'
ORDER BY lines.sheet_id, lines.line
