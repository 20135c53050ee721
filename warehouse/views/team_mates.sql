-- title: Team-mates of one driver
-- macro: team_mates(wanted)
-- grain: one team-mate of one driver_id
-- counts: As crew_pairings, seen from the driver asked for; where several persons bear the name, all are listed.
-- team_mate_id (id): Who shared the car.
-- team_mate: Display name of the team-mate.
WITH named AS (
  SELECT coalesce(list(found.driver_id), []) AS ids FROM drivers_named(wanted) AS found
), pairs AS (
  FROM pairings(['name', 'decision', 'variant', 'linked', 'ambiguous', 'unresolved'], (SELECT ids FROM named))
), both_ways AS (
  SELECT driver_id, driver, other_id AS team_mate_id, other AS team_mate, identified, events, certain_events, starts, wins,
    podiums, first_season, last_season
  FROM pairs
  UNION ALL
  SELECT other_id, other, driver_id, driver, identified, events, certain_events, starts, wins, podiums, first_season,
    last_season
  FROM pairs
)
SELECT driver_id, driver, team_mate_id, team_mate, identified, events, certain_events, starts, wins, podiums, first_season,
  last_season
FROM both_ways
WHERE list_contains((SELECT ids FROM named), driver_id)
ORDER BY driver_id, events DESC, starts DESC, team_mate_id
