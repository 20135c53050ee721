-- title: Source texts
-- grain: one source file, put together again from its lines
-- key: sheet_id
-- counts: Every line of the file, whatever became of it: with sheets.encoding, this is the file byte for byte.
-- text: The whole text, each line with the end that it has in the file.
SELECT sheets.sheet_id, sheets.path,
  coalesce(string_agg(
    lines.text || CASE
      WHEN lines.line = sheets.lines AND ends_with(sheets.newline, '-open') THEN ''
      WHEN starts_with(sheets.newline, 'crlf') THEN chr(13) || chr(10)
      WHEN starts_with(sheets.newline, 'lf') THEN chr(10)
      WHEN starts_with(sheets.newline, 'cr') THEN chr(13)
      ELSE '' END,
    '' ORDER BY lines.line), '') AS text
FROM sheets
LEFT JOIN lines ON lines.sheet_id = sheets.sheet_id
GROUP BY sheets.sheet_id, sheets.path
ORDER BY sheets.sheet_id
