-- All doubts with their event. A check that doubts more than five rows and more than a third of a sheet speaks
-- once for the whole sheet: the reason is one, such as a column that means something else.
WITH counted AS (
  SELECT doubts.*,
    count(doubts.line) OVER every AS rows_in_doubt,
    row_number() OVER (every ORDER BY doubts.line, doubts."column", doubts.observed, doubts.message) AS nth,
    sheets.sheet_id, sheets.results AS rows_in_sheet,
    coalesce(doubts.event_id, sheets.event_id) AS event
  FROM doubts
  LEFT JOIN sheets ON sheets.sheet = doubts.sheet
  WINDOW every AS (PARTITION BY doubts."check", doubts.severity, doubts.sheet)
), flooded AS (
  SELECT *, line IS NOT NULL AND rows_in_doubt > 5 AND rows_in_doubt * 3 > rows_in_sheet AS floods
  FROM counted
)
SELECT "check", severity, event AS event_id, sheet_id,
  CASE WHEN NOT floods THEN line END AS line,
  "column",
  CASE WHEN NOT floods THEN observed END AS observed,
  CASE WHEN NOT floods THEN expected END AS expected,
  CASE WHEN floods THEN rows_in_doubt || ' of ' || rows_in_sheet || ' rows, such as line ' || line || ': ' ELSE '' END
    || message AS message
FROM flooded
WHERE NOT floods OR nth = 1
ORDER BY event_id NULLS FIRST, sheet_id NULLS FIRST, line NULLS FIRST, "check", "column", observed, message
