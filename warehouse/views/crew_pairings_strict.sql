-- title: Who drove with whom, beyond doubt
-- grain: two persons that shared a car, each pair once
-- key: driver_id, other_id
-- counts: As crew_pairings, from full names and human decisions only.
SELECT driver_id, driver, other_id, other, identified, events, certain_events, starts, wins, podiums, class_wins,
  first_season, last_season, event_ids
FROM pairings(['name', 'decision'], NULL)
ORDER BY events DESC, starts DESC, driver_id, other_id
