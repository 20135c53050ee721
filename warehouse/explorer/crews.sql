-- One row for each of the given driver_ids: those who shared most cars, and which of them shared one with each other.
WITH pairs AS (
  SELECT driver_id, other_id, other, driver, identified, events, starts, wins, first_season, last_season
  FROM pairings(['name', 'decision', 'variant', 'linked', 'ambiguous', 'unresolved'], $ids)
), both_ways AS (
  SELECT driver_id, other_id AS mate_id, other AS mate, identified, events, starts, wins, first_season, last_season
  FROM pairs
  UNION ALL
  SELECT other_id, driver_id, driver, identified, events, starts, wins, first_season, last_season
  FROM pairs
), mates AS (
  SELECT *, count(*) OVER (PARTITION BY driver_id) AS found
  FROM both_ways
  WHERE driver_id IN $ids
  QUALIFY row_number() OVER (PARTITION BY driver_id ORDER BY events DESC, starts DESC, identified DESC, mate_id) <= $most
), cars AS (
  SELECT DISTINCT driven.driver_id AS mate_id, driven.result_id
  FROM driver_results AS driven
  WHERE driven.driver_id IN (SELECT mate_id FROM mates)
), bonds AS (
  SELECT one.driver_id, one.mate_id AS one, other.mate_id AS other
  FROM mates AS one
  JOIN mates AS other ON other.driver_id = one.driver_id AND other.mate_id > one.mate_id
  JOIN cars AS car ON car.mate_id = one.mate_id
  JOIN cars AS shared ON shared.mate_id = other.mate_id AND shared.result_id = car.result_id
  GROUP BY ALL
), bonded AS (
  SELECT driver_id, list([one, other] ORDER BY one, other) AS bonds
  FROM bonds
  GROUP BY driver_id
)
SELECT mates.driver_id, any_value(mates.found) AS mates_found,
  list({driver_id: mates.mate_id, name: mates.mate, identified: mates.identified, events: mates.events,
    starts: mates.starts, wins: mates.wins, first_season: mates.first_season, last_season: mates.last_season}
    ORDER BY mates.events DESC, mates.starts DESC, mates.identified DESC, mates.mate_id) AS mates,
  coalesce(any_value(bonded.bonds), []) AS bonds
FROM mates
LEFT JOIN bonded ON bonded.driver_id = mates.driver_id
GROUP BY mates.driver_id
