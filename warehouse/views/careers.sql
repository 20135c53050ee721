-- title: Careers, from mentions as certain as you ask for
-- macro: careers(methods)
-- grain: one driver_id
-- counts: The mentions whose link_method is in the list, such as ['name', 'decision']. A race counts once for a driver, in however many cars.
-- identified (flag): The name is tied to one person. False for a surname or initials that could be one of several people, or one who has a row already: do not count it as a person.
-- first_season (year): First season with a mention.
-- last_season (year): Last season with a mention.
-- seasons (count): Seasons with a mention.
-- events (count): Events with a mention of any kind.
-- starts (count): Races started; nominated, reserve and non-starting drivers have none. A race counts once, in however many cars.
-- finishes (count): Races in which a car of the driver was classified.
-- wins (count): Races won overall.
-- podiums (count): Races finished among the first three.
-- class_wins (count): Races won in class.
-- poles (count): Poles, from grids and qualifying.
-- best_finish (ordinal): Best position in a race.
-- makes (names): Makes of the cars.
-- entrants (count): Entrants driven for.
-- mentions (count): Driver rows that these figures rest on.
-- certain_mentions (count): Of them, those tied by the full name or by a human decision.
-- linked_mentions (count): Of them, those tied by evidence (variant, linked): likely, not certain.
-- open_mentions (count): Of them, those tied to nobody yet (ambiguous, unresolved).
SELECT driver_id, driver,
  bool_or(identified) AS identified,
  min(season) AS first_season,
  max(season) AS last_season,
  count(DISTINCT season) AS seasons,
  count(DISTINCT event_id) AS events,
  count(DISTINCT sheet_id) FILTER (started) AS starts,
  count(DISTINCT sheet_id) FILTER (finished) AS finishes,
  count(DISTINCT sheet_id) FILTER (won) AS wins,
  count(DISTINCT sheet_id) FILTER (podium) AS podiums,
  count(DISTINCT sheet_id) FILTER (class_won) AS class_wins,
  count(DISTINCT sheet_id) FILTER (pole) AS poles,
  min(finish) AS best_finish,
  coalesce(list_sort(list(DISTINCT make) FILTER (make IS NOT NULL)), []) AS makes,
  count(DISTINCT entrant_id) AS entrants,
  count(*) AS mentions,
  count(*) FILTER (certain) AS certain_mentions,
  count(*) FILTER (identified AND NOT certain) AS linked_mentions,
  count(*) FILTER (NOT identified) AS open_mentions
FROM driver_honours
WHERE driver_id IS NOT NULL AND list_contains(methods, link_method)
GROUP BY driver_id, driver
