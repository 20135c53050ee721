-- A start number is borne by one car of a sheet; lists of appearances and of fastest laps may name a car again.
WITH borne AS (
  SELECT sheet, car_number, list(line ORDER BY line) AS bearers
  FROM cars
  WHERE car_number IS NOT NULL AND kind NOT IN ('appearances', 'fastest-laps')
  GROUP BY sheet, ranking, car_number
  HAVING count(*) > 1
)
SELECT 'warning' AS severity, sheet, bearers[-1] AS line, 'car_number' AS "column", car_number AS observed,
  'number ' || car_number || ' is borne by ' || len(bearers) || ' cars: ' || lines_of(bearers) AS message
FROM borne
