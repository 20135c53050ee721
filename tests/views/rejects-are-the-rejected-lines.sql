-- Each sheet has as many rejects as it says.
SELECT sheets.sheet_id, sheets.rejects, count(rejects.line) AS there
FROM sheets
LEFT JOIN rejects ON rejects.sheet_id = sheets.sheet_id
GROUP BY sheets.sheet_id, sheets.rejects
HAVING count(rejects.line) <> sheets.rejects
