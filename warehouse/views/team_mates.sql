-- title: Team-mates of one driver
-- macro: team_mates(wanted)
-- grain: one team-mate of one driver_id
-- counts: As crew_pairings, seen from the driver asked for; where several persons bear the name, all are listed.
-- team_mate_id (id): Who shared the car.
-- team_mate: Display name of the team-mate.
WITH both_ways AS (
  SELECT driver_id, driver, other_id AS team_mate_id, other AS team_mate, identified, events, certain_events, starts, wins,
    podiums, first_season, last_season
  FROM crew_pairings
  UNION ALL
  SELECT other_id, other, driver_id, driver, identified, events, certain_events, starts, wins, podiums, first_season,
    last_season
  FROM crew_pairings
)
SELECT driver_id, driver, team_mate_id, team_mate, identified, events, certain_events, starts, wins, podiums, first_season,
  last_season
FROM both_ways
WHERE driver_id IN (SELECT named.driver_id FROM drivers_named(wanted) AS named)
ORDER BY driver_id, events DESC, starts DESC, team_mate_id
