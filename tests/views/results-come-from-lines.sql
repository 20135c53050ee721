-- Every line with the outcome result has results, and every result such a line.
SELECT lines.sheet_id, lines.line, results.result_id
FROM (FROM lines WHERE outcome = 'result') AS lines
FULL JOIN results ON results.sheet_id = lines.sheet_id AND results.line = lines.line
WHERE lines.line IS NULL OR results.line IS NULL
