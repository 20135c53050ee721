-- A lap time is within reach of like cars': those of the class, of the same car, or of the whole sheet. Far out is
-- three times the spread of the middle half (Tukey 1977), which is taken as one per cent of the time at least.
WITH timed AS (
  SELECT sheet_id, line, lap_time_ms, unnest([
    {'rank': 1, 'name': 'cars of class ' || class, 'least': 5},
    {'rank': 2, 'name': 'cars like ' || car, 'least': 5},
    {'rank': 3, 'name': 'cars of the sheet', 'least': 8}]) AS peers
  FROM results
  WHERE lap_time_ms > 0
), spread AS (
  SELECT sheet_id, line, lap_time_ms, peers,
    count(*) OVER alike AS cars,
    median(lap_time_ms) OVER alike AS middle,
    quantile_cont(lap_time_ms, 0.25) OVER alike AS lower,
    quantile_cont(lap_time_ms, 0.75) OVER alike AS upper
  FROM timed
  WHERE peers.name IS NOT NULL
  WINDOW alike AS (PARTITION BY sheet_id, peers.name)
), far AS (
  SELECT *, 3 * greatest(upper - lower, middle / 100) AS reach
  FROM spread
  WHERE cars >= peers.least
)
SELECT 'note' AS severity, sheet_id, line, 'lap_time_ms' AS "column", clock(lap_time_ms) AS observed,
  clock(middle::BIGINT) AS expected,
  clock(lap_time_ms) || ' is far from ' || clock(middle::BIGINT) || ', the middle of ' || cars || ' ' || peers.name AS message
FROM far
WHERE lap_time_ms NOT BETWEEN lower - reach AND upper + reach
QUALIFY row_number() OVER (PARTITION BY sheet_id, line ORDER BY peers.rank) = 1
