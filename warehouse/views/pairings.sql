-- title: Pairings, from mentions as certain as you ask for
-- macro: pairings(methods, among)
-- grain: two driver_ids that shared a car
-- counts: Cars in which both mentions have a link_method in the list, such as ['name', 'decision'], and one of the two is among the given driver_ids (NULL: whoever it is). Seats beyond the 32nd are left out: a cell of hundreds of names is a list, and its pairs would be tens of thousands.
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
WITH by_event AS (
  SELECT one.driver_id, one.driver, other.driver_id AS other_id, other.driver AS other, one.event_id,
    max(one.season) AS season,
    bool_or(one.identified) AND bool_or(other.identified) AS identified,
    bool_or(one.certain AND other.certain) AS certain,
    count(DISTINCT one.sheet_id) FILTER (one.started AND other.started) AS starts,
    count(DISTINCT one.sheet_id) FILTER (one.won AND other.won) AS wins,
    count(DISTINCT one.sheet_id) FILTER (one.podium AND other.podium) AS podiums,
    count(DISTINCT one.sheet_id) FILTER (one.class_won AND other.class_won) AS class_wins
  FROM driver_honours AS one
  JOIN driver_honours AS other ON other.result_id = one.result_id AND other.driver_id > one.driver_id
    AND one.seat <= 32 AND other.seat <= 32
  WHERE list_contains(methods, one.link_method) AND list_contains(methods, other.link_method)
    AND one.event_id IS NOT NULL
    AND (among IS NULL OR list_contains(among, one.driver_id) OR list_contains(among, other.driver_id))
  GROUP BY ALL
)
SELECT driver_id, driver, other_id, other,
  bool_or(identified) AS identified,
  count(*) AS events,
  count(*) FILTER (certain) AS certain_events,
  sum(starts)::BIGINT AS starts,
  sum(wins)::BIGINT AS wins,
  sum(podiums)::BIGINT AS podiums,
  sum(class_wins)::BIGINT AS class_wins,
  min(season) AS first_season,
  max(season) AS last_season,
  list_sort(list(event_id)) AS event_ids
FROM by_event
GROUP BY ALL
