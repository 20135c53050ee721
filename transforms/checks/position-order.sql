-- Positions rise down the sheet.
WITH strays AS (
  SELECT sheet, unnest(out_of_order(list({place: line, line: line, value: position}))) AS car
  FROM placed
  GROUP BY sheet, ranking
)
SELECT 'warning' AS severity, placed.sheet, placed.line, 'position' AS "column", position_text AS observed,
  'position ' || position_text || ' stands out of order' AS message
FROM strays
JOIN placed ON placed.sheet = strays.sheet AND placed.line = strays.car.line
