-- title: Pairings, from mentions as certain as you ask for
-- macro: pairings(methods)
-- grain: two driver_ids that shared a car
-- counts: Cars in which both mentions have a link_method in the list, such as ['name', 'decision'].
-- other_id (id): The second of the two, by order of id.
-- other: Display name of the second.
-- identified (flag): Both names are tied to one person each. False where one may be several people: do not count it as a pair of persons.
-- events (count): Events in which both are printed in one crew, in whatever sheet.
-- certain_events (count): Of them, those where both are tied by full name or human decision in one car.
-- starts (count): Races that both started in one car.
-- wins (count): Races won together.
-- podiums (count): Races finished together among the first three.
-- class_wins (count): Races won together in class.
-- first_season (year): First season together.
-- last_season (year): Last season together.
-- event_ids (ids): The events.
SELECT one.driver_id AS driver_id,
  arg_max(one.driver, (one.season, one.result_id)) AS driver,
  other.driver_id AS other_id,
  arg_max(other.driver, (other.season, other.result_id)) AS other,
  bool_or(one.identified) AND bool_or(other.identified) AS identified,
  count(DISTINCT one.event_id) AS events,
  count(DISTINCT one.event_id) FILTER (one.certain AND other.certain) AS certain_events,
  count(DISTINCT one.sheet_id) FILTER (one.started AND other.started) AS starts,
  count(DISTINCT one.sheet_id) FILTER (one.won AND other.won) AS wins,
  count(DISTINCT one.sheet_id) FILTER (one.podium AND other.podium) AS podiums,
  count(DISTINCT one.sheet_id) FILTER (one.class_won AND other.class_won) AS class_wins,
  min(one.season) AS first_season,
  max(one.season) AS last_season,
  list_sort(list(DISTINCT one.event_id)) AS event_ids
FROM driver_honours AS one
JOIN driver_honours AS other ON other.result_id = one.result_id AND other.driver_id > one.driver_id
WHERE list_contains(methods, one.link_method) AND list_contains(methods, other.link_method)
  AND one.event_id IS NOT NULL
GROUP BY one.driver_id, other.driver_id
