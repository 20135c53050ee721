-- Positions rise down the sheet.
WITH strays AS (
  SELECT sheet_id, unnest(out_of_order(list({place: line, line: line, value: position, text: position_text}))) AS car
  FROM placed
  GROUP BY sheet_id, ranking
)
SELECT 'warning' AS severity, sheet_id, car.line, 'position' AS "column", car.text AS observed,
  'position ' || car.text || ' stands out of order' AS message
FROM strays
