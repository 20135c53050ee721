-- title: Two drivers against each other
-- macro: head_to_head(one, two)
-- grain: two driver_ids in one kind of sheet
-- counts: Sheets in which both have an overall position, in different cars, and neither is merely nominated. Where several persons bear a name, each pair is listed. A driver in several cars of a sheet counts with the best placed.
-- rival_id (id): The other driver.
-- rival: Display name of the other driver.
-- meetings (count): Sheets with both, in different cars.
-- ahead (count): Of them, those with the first driver's car ahead.
-- behind (count): Of them, those with the rival's car ahead.
-- first_season (year): First season they met.
-- last_season (year): Last season they met.
WITH mine_named AS (
  SELECT found.driver_id FROM drivers_named(one) AS found
), theirs_named AS (
  SELECT found.driver_id FROM drivers_named(two) AS found
), placed AS (
  SELECT driver_id, sheet_id, kind, season, min(driver) AS driver, min(rank) AS position,
    list(DISTINCT result_id) AS cars
  FROM driver_honours
  WHERE rank IS NOT NULL AND NOT nominated AND driver_id IN (FROM mine_named UNION FROM theirs_named)
  GROUP BY driver_id, sheet_id, kind, season
)
SELECT mine.driver_id,
  min(mine.driver) AS driver,
  theirs.driver_id AS rival_id,
  min(theirs.driver) AS rival,
  mine.kind,
  count(*) AS meetings,
  count(*) FILTER (mine.position < theirs.position) AS ahead,
  count(*) FILTER (mine.position > theirs.position) AS behind,
  min(mine.season) AS first_season,
  max(mine.season) AS last_season
FROM placed AS mine
JOIN placed AS theirs ON theirs.sheet_id = mine.sheet_id AND theirs.driver_id <> mine.driver_id
WHERE NOT list_has_any(mine.cars, theirs.cars)
  AND mine.driver_id IN (FROM mine_named) AND theirs.driver_id IN (FROM theirs_named)
GROUP BY mine.driver_id, theirs.driver_id, mine.kind
ORDER BY mine.driver_id, rival_id, mine.kind
