-- Every sheet has one text, and as long as its lines are at least.
SELECT sheets.sheet_id
FROM sheets
LEFT JOIN sheet_texts AS texts ON texts.sheet_id = sheets.sheet_id
WHERE texts.text IS NULL OR len(texts.text) < (
  SELECT coalesce(sum(len(lines.text)), 0) FROM lines WHERE lines.sheet_id = sheets.sheet_id)
