-- What somebody would write who knows the columns of every sheet beforehand: split, trim, cast, explode.
-- Given, in order: sheet(sheet_id, kind, text, separator, and the place of each column or null).
create table split as
select * exclude (texts), generate_subscripts(texts, 1)::integer as line, unnest(texts) as text
from (select * exclude (text), string_split(rtrim(text, chr(10)), chr(10)) as texts from sheet);

create table lines as select sheet_id, line, text from split;

create table printed as
select sheet_id, line, kind, separator, c[position] as position, c[car_number] as car_number, c[crew] as crew,
    c[car] as car, c[make] as make, c[model] as model, c[engine] as engine, c[entrant] as entrant,
    c[principal] as principal, c[class] as class, c[class_position] as class_position, c[laps] as laps,
    c[race_time] as race_time, c[distance] as distance, c[race_speed] as race_speed, c[lap_time] as lap_time,
    c[lap_number] as lap_number, c[lap_speed] as lap_speed,
    c[session_2] as session_2, c[session_3] as session_3, c[session_4] as session_4
from (select *, list_transform(string_split(text, '|')[2:-2], lambda c: nullif(trim(c), '')) as c from split);

create table results as
select sheet_id || ':' || line as result_id, sheet_id, line, kind, car_number, make, model, engine, principal, class,
    session_2, session_3, session_4, entrant as entrant_text,
    lap_time as lap_time_text,
    60000 * try_cast(lap.minutes as bigint) + 1000 * try_cast(lap.seconds as bigint)
        + try_cast(rpad(lap.fraction, 3, '0') as bigint) as lap_time_ms,
    position as position_text, try_cast(regexp_extract(position, '\d+') as integer) as position,
    case
        when kind in ('entry-list', 'appearances') then 'listed'
        when position_text = 'NC' then 'not_classified'
        when position_text in ('DNF', 'Ret') then 'did_not_finish'
        when kind != 'race' and lap_time = 'no time' then 'no_time'
        when regexp_matches(position, '\d') or (kind != 'race' and lap_time_ms is not null) then 'classified'
        else 'unknown'
    end as status,
    crew, len(crew)::integer as crew_size,
    coalesce(car, make || ' ' || model) as car,
    try_cast(regexp_extract(class_position, '\d+') as integer) as class_position,
    try_cast(laps as integer) as laps,
    3600000 * try_cast(race.hours as bigint) + 60000 * try_cast(race.minutes as bigint)
        + 1000 * try_cast(race.seconds as bigint)
        + coalesce(try_cast(rpad(race.fraction, 3, '0') as bigint), 0) as race_time_ms,
    try_cast(split_part(distance, ' ', 1) as double) as distance_km,
    try_cast(race_speed as double) as race_speed_kmh,
    try_cast(lap_number as integer) as lap_number,
    try_cast(lap_speed as double) as lap_speed_kmh
from (
    select * replace (coalesce(string_split(crew, separator), []) as crew),
        regexp_extract(
            race_time, '^(\d+)\D+(\d+)\D+(\d+)(?:\.(\d+))?', ['hours', 'minutes', 'seconds', 'fraction']
        ) as race,
        regexp_extract(lap_time, '^(\d+)\D+(\d+)\D+(\d+)', ['minutes', 'seconds', 'fraction']) as lap
    from printed
);

create table driver_results as
select result_id, sheet_id, generate_subscripts(crew, 1)::integer as seat,
    trim(unnest(crew), ' "*') as name_text, suffix(unnest(crew), '*') as nominated,
    starts_with(unnest(crew), '"') as pseudonym, kind, position, status, class, class_position, car_number, car, make,
    entrant_text, laps, lap_time_ms
from results;
