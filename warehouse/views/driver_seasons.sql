-- title: Seasons of drivers
-- grain: one driver_id in one season
-- key: driver_id, season
-- counts: As driver_careers, season by season; mentions without a season are left out.
-- identified (flag): The name is tied to one person; false for a surname or initials that may be one of several.
-- events (count): Events with a mention of any kind.
-- starts (count): Races started; a race counts once, in however many cars.
-- finishes (count): Races in which a car of the driver was classified.
-- wins (count): Races won overall.
-- podiums (count): Races finished among the first three.
-- class_wins (count): Races won in class.
-- poles (count): Poles, from grids and qualifying.
-- best_finish (ordinal): Best position in a race.
-- makes (names): Makes of the cars.
-- mentions (count): Driver rows that these figures rest on.
-- certain_mentions (count): Of them, those tied by the full name or by a human decision.
SELECT driver_id, driver, season,
  bool_or(identified) AS identified,
  count(DISTINCT event_id) AS events,
  count(DISTINCT sheet_id) FILTER (started) AS starts,
  count(DISTINCT sheet_id) FILTER (finished) AS finishes,
  count(DISTINCT sheet_id) FILTER (won) AS wins,
  count(DISTINCT sheet_id) FILTER (podium) AS podiums,
  count(DISTINCT sheet_id) FILTER (class_won) AS class_wins,
  count(DISTINCT sheet_id) FILTER (pole) AS poles,
  min(finish) AS best_finish,
  coalesce(list_sort(list(DISTINCT make) FILTER (make IS NOT NULL)), []) AS makes,
  count(*) AS mentions,
  count(*) FILTER (certain) AS certain_mentions
FROM driver_honours
WHERE driver_id IS NOT NULL AND season IS NOT NULL
GROUP BY driver_id, driver, season
ORDER BY driver_id, season
