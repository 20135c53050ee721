-- What somebody would write who knows the columns of every sheet beforehand: split, trim, cast, explode.
-- Given: sheet(sheet_id, text, separator, and the place of each column or null).
create table line as
select sheet_id, generate_subscripts(texts, 1) as line, unnest(texts) as text
from (select sheet_id, string_split(rtrim(text, chr(10)), chr(10)) as texts from sheet);

create table cell as
select sheet.* exclude (text), line, list_transform(string_split(line.text, '|')[2:-2], lambda c: nullif(trim(c), '')) as c
from line join sheet using (sheet_id);

create table printed as
select sheet_id, line, separator,
    c[position] as position, c[car_number] as car_number, c[crew] as crew, c[car] as car, c[entrant] as entrant,
    c[class] as class, c[class_position] as class_position, c[laps] as laps, c[race_time] as race_time,
    c[distance] as distance, c[race_speed] as race_speed, c[lap_time] as lap_time, c[lap_number] as lap_number,
    c[lap_speed] as lap_speed
from cell;

create table results as
select sheet_id, line, car_number, car, entrant, class, position as position_text, lap_time as lap_time_text,
    try_cast(regexp_extract(position, '\d+') as integer) as position,
    coalesce(string_split(crew, separator), []) as crew,
    try_cast(regexp_extract(class_position, '\d+') as integer) as class_position,
    try_cast(laps as integer) as laps,
    3600000 * try_cast(regexp_extract(race_time, '^(\d+)\D+(\d+)\D+(\d+)', 1) as bigint)
        + 60000 * try_cast(regexp_extract(race_time, '^(\d+)\D+(\d+)\D+(\d+)', 2) as bigint)
        + 1000 * try_cast(regexp_extract(race_time, '^(\d+)\D+(\d+)\D+(\d+)', 3) as bigint)
        + coalesce(try_cast(rpad(regexp_extract(race_time, '\.(\d+)$', 1), 3, '0') as bigint), 0) as race_time_ms,
    try_cast(split_part(distance, ' ', 1) as double) as distance_km,
    try_cast(race_speed as double) as race_speed_kmh,
    60000 * try_cast(regexp_extract(lap_time, '^(\d+)\D+(\d+)\D+(\d+)', 1) as bigint)
        + 1000 * try_cast(regexp_extract(lap_time, '^(\d+)\D+(\d+)\D+(\d+)', 2) as bigint)
        + try_cast(rpad(regexp_extract(lap_time, '^(\d+)\D+(\d+)\D+(\d+)', 3), 3, '0') as bigint) as lap_time_ms,
    try_cast(lap_number as integer) as lap_number,
    try_cast(lap_speed as double) as lap_speed_kmh
from printed;

create table driver_results as
select sheet_id, line, generate_subscripts(crew, 1) as seat,
    trim(unnest(crew), ' "*') as name_text, suffix(unnest(crew), '*') as nominated, starts_with(unnest(crew), '"') as pseudonym,
    position, class, class_position, car_number, car, entrant, laps, lap_time_ms
from results;
