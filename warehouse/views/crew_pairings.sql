-- title: Who drove with whom
-- grain: two driver_ids that shared a car, each pair once
-- key: driver_id, other_id
-- counts: Events, not sheets: a qualifying and a race of one event are one. Linked people count once; how many events are beyond doubt, certain_events tells. team_mates(name) asks for one person.
SELECT driver_id, driver, other_id, other, identified, events, certain_events, starts, wins, podiums, class_wins,
  first_season, last_season, event_ids
FROM pairings(['name', 'decision', 'variant', 'linked', 'ambiguous', 'unresolved'], NULL)
ORDER BY identified DESC, events DESC, starts DESC, driver_id, other_id
