CREATE TABLE doubts (
  "check" VARCHAR, severity VARCHAR, event_id VARCHAR, sheet_id VARCHAR, line INTEGER, "column" VARCHAR,
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

-- Cars with a position. A sheet in which several sections have a first position numbers each section anew.
CREATE VIEW placed AS
  SELECT *,
    CASE WHEN count(DISTINCT coalesce(section, '')) FILTER (position = 1) OVER (PARTITION BY sheet_id) > 1
      THEN coalesce(section, '') ELSE '' END AS block
  FROM results
  WHERE position IS NOT NULL;

-- One lap length explains every printed lap time and speed of a sheet to the last digit. Printed speeds are cut
-- off after the last digit, or rounded to it: so each row bounds the length from both sides, and the length that most
-- rows allow is the sheet's. Here are each row's bounds, in the manner of its sheet, and the sheet's length.
CREATE TABLE laps_timed AS
WITH pairs AS (
  SELECT sheet_id, event_id, line, lap_time_ms, lap_speed_kmh,
    lap_time_ms / 3600000 AS hours,
    list_position([abs(lap_speed_kmh * f - round(lap_speed_kmh * f)) < 1e-6 FOR f IN [1, 10, 100, 1000, 10000]], true) - 1
      AS decimals
  FROM results
  WHERE lap_time_ms > 0 AND lap_speed_kmh > 0
), printed AS (
  -- Speeds with more decimals were converted from miles.
  SELECT *, CASE WHEN bool_or(decimals IS NULL) OVER sheet THEN 0.005 ELSE power(10, -max(decimals) OVER sheet) END AS digit
  FROM pairs
  WINDOW sheet AS (PARTITION BY sheet_id)
  QUALIFY count(*) OVER sheet > 2
), bounds AS (
  SELECT sheet_id, line, manner,
    (lap_speed_kmh + shift * digit) * hours - 1e-9 AS shortest,
    (lap_speed_kmh + (shift + 1) * digit) * hours + 1e-9 AS longest
  FROM printed
  CROSS JOIN (VALUES (0, 0.0), (1, -0.5)) AS manners (manner, shift)
), ends AS (
  SELECT sheet_id, manner, shortest AS km, 1 AS step FROM bounds
  UNION ALL
  SELECT sheet_id, manner, longest, -1 FROM bounds
), depths AS (
  SELECT sheet_id, manner, km AS shortest, lead(km) OVER along AS longest,
    sum(step) OVER (along ROWS UNBOUNDED PRECEDING) AS rows_explained
  FROM ends
  WINDOW along AS (PARTITION BY sheet_id, manner ORDER BY km, step DESC)
), lengths AS (
  SELECT *
  FROM depths
  QUALIFY row_number() OVER (PARTITION BY sheet_id ORDER BY rows_explained DESC, manner, shortest) = 1
)
SELECT printed.*,
  CASE WHEN lengths.rows_explained > 2 THEN (lengths.shortest + lengths.longest) / 2 END AS km,
  lengths.rows_explained,
  bounds.shortest <= lengths.shortest AND bounds.longest >= lengths.longest AS explained
FROM printed
JOIN lengths ON lengths.sheet_id = printed.sheet_id
JOIN bounds ON bounds.sheet_id = printed.sheet_id AND bounds.line = printed.line AND bounds.manner = lengths.manner;
