CREATE TABLE doubts (
  "check" VARCHAR, severity VARCHAR, event_id VARCHAR, sheet INTEGER, line INTEGER, "column" VARCHAR,
  observed VARCHAR, expected VARCHAR, message VARCHAR
);

-- 159841 -> 2:39.841, with hours only where there are some
CREATE MACRO clock(ms) AS
  CASE WHEN ms >= 3600000 THEN (ms // 3600000) || ':' || lpad((ms // 60000 % 60)::VARCHAR, 2, '0') ELSE (ms // 60000)::VARCHAR END
  || ':' || lpad((ms // 1000 % 60)::VARCHAR, 2, '0') || '.' || lpad((ms % 1000)::VARCHAR, 3, '0');

-- 'line 4', 'lines 4 and 9', 'lines 4, 9 and 12'
CREATE MACRO lines_of(numbers) AS
  CASE WHEN len(numbers) = 1 THEN 'line ' || numbers[1]
       ELSE 'lines ' || array_to_string(numbers[:-2], ', ') || ' and ' || numbers[-1] END;

-- Cars by ranking: a sheet in which several sections have a first position ranks each section anew.
CREATE TABLE cars AS
  WITH anew AS (
    SELECT sheet FROM results WHERE position = 1 GROUP BY sheet HAVING count(DISTINCT coalesce(section, '')) > 1
  )
  SELECT *, CASE WHEN sheet IN (FROM anew) THEN coalesce(section, '') ELSE '' END AS ranking
  FROM results;
CREATE VIEW placed AS FROM cars WHERE position IS NOT NULL;

-- One lap length explains every printed lap time and speed of a sheet to the last digit. Printed speeds are cut
-- off after the last digit, or rounded to it: so each row bounds the length from both sides, and the length that most
-- rows allow is the sheet's. Here are each row's bounds, in the manner of its sheet, and the sheet's length.
CREATE TABLE laps_timed AS
WITH pairs AS (
  SELECT sheet, event_id, line, lap_time_ms, lap_speed_kmh,
    lap_time_ms / 3600000 AS hours,
    list_position([abs(lap_speed_kmh * f - round(lap_speed_kmh * f)) < 1e-6 FOR f IN [1, 10, 100, 1000, 10000]], true) - 1
      AS decimals
  FROM cars
  WHERE lap_time_ms > 0 AND lap_speed_kmh > 0
), digits AS (
  -- The last printed digit, by the finest fifth of the speeds; more than four decimals were converted from miles.
  SELECT sheet,
    CASE WHEN count(decimals) * 2 > count(*) THEN power(10, -quantile_disc(decimals, 0.8)) ELSE 0.005 END AS digit
  FROM pairs
  GROUP BY sheet
  HAVING count(*) > 2
), printed AS (
  SELECT pairs.*, digits.digit FROM pairs JOIN digits ON digits.sheet = pairs.sheet
), bounds AS (
  SELECT sheet, line, manner,
    (lap_speed_kmh + shift * digit) * hours - 1e-9 AS shortest,
    (lap_speed_kmh + (shift + 1) * digit) * hours + 1e-9 AS longest
  FROM printed
  CROSS JOIN (VALUES (0, 0.0), (1, -0.5)) AS manners (manner, shift)
), sound AS (
  -- In most sheets one length suits all rows: only the others need the search below.
  SELECT sheet, manner, max(shortest) AS shortest, min(longest) AS longest, count(*) AS rows_explained
  FROM bounds
  GROUP BY sheet, manner
  HAVING max(shortest) <= min(longest)
), ends AS (
  SELECT sheet, manner, unnest([shortest, longest]) AS km, unnest([1, -1]) AS step
  FROM bounds
  WHERE sheet NOT IN (SELECT sheet FROM sound)
), depths AS (
  SELECT sheet, manner, km AS shortest, lead(km) OVER along AS longest,
    sum(step) OVER (along ROWS UNBOUNDED PRECEDING) AS rows_explained
  FROM ends
  WINDOW along AS (PARTITION BY sheet, manner ORDER BY km, step DESC)
), lengths AS (
  SELECT *
  FROM (FROM depths UNION ALL BY NAME FROM sound)
  QUALIFY row_number() OVER (PARTITION BY sheet ORDER BY rows_explained DESC, manner, shortest) = 1
)
SELECT printed.*,
  CASE WHEN lengths.rows_explained > 2 THEN (lengths.shortest + lengths.longest) / 2 END AS km,
  bounds.shortest <= lengths.shortest AND bounds.longest >= lengths.longest AS explained
FROM printed
JOIN lengths ON lengths.sheet = printed.sheet
JOIN bounds ON bounds.sheet = printed.sheet AND bounds.line = printed.line AND bounds.manner = lengths.manner;
