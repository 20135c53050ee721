-- A lap time is within reach of like cars': those of the class, of the same car, or of the whole sheet. Far out is
-- three times the spread of the middle half (Tukey 1977), which is taken as one per cent of the time at least.
WITH timed AS (
  SELECT sheet, line, class, car, lap_time_ms FROM cars WHERE lap_time_ms > 0
), peers AS (
  SELECT sheet, class, car, grouping(class, car) AS of, count(*) AS cars,
    quantile_cont(lap_time_ms, [0.25, 0.5, 0.75]) AS quarters,
    3 * greatest(quarters[3] - quarters[1], quarters[2] / 100) AS reach,
  FROM timed
  GROUP BY GROUPING SETS ((sheet, class), (sheet, car), (sheet))
  HAVING count(*) >= CASE WHEN of = 3 THEN 8 ELSE 5 END AND (class IS NOT NULL OR car IS NOT NULL OR of = 3)
), far AS (
  SELECT timed.*, peers.of, cars, quarters[2] AS middle
  FROM timed
  JOIN peers ON peers.sheet = timed.sheet
    AND lap_time_ms NOT BETWEEN quarters[1] - reach AND quarters[3] + reach
    AND (peers.class IS NULL OR peers.class = timed.class) AND (peers.car IS NULL OR peers.car = timed.car)
)
SELECT 'note' AS severity, sheet, line, 'lap_time_ms' AS "column", clock(lap_time_ms) AS observed,
  clock(middle::BIGINT) AS expected,
  clock(lap_time_ms) || ' is far from ' || clock(middle::BIGINT) || ', the middle of ' || cars
    || CASE of WHEN 1 THEN ' cars of class ' || class WHEN 2 THEN ' cars like ' || car ELSE ' cars of the sheet' END AS message
FROM far
QUALIFY row_number() OVER (PARTITION BY sheet, line ORDER BY of) = 1
