-- Every line of every sheet is there once, numbered from 1.
SELECT sheets.sheet_id, sheets.lines, count(lines.line) AS there
FROM sheets
LEFT JOIN lines ON lines.sheet_id = sheets.sheet_id
GROUP BY sheets.sheet_id, sheets.lines
HAVING count(lines.line) <> sheets.lines OR count(DISTINCT lines.line) <> sheets.lines OR max(lines.line) <> sheets.lines
