-- title: Careers beyond doubt
-- grain: one person with at least one certain mention
-- key: driver_id
-- counts: As driver_careers, from full names and human decisions only: no link that rests on evidence.
SELECT driver_id, driver, identified, first_season, last_season, seasons, events, starts, finishes, wins, podiums, class_wins,
  poles, best_finish, makes, entrants, mentions, certain_mentions, linked_mentions, open_mentions
FROM careers(['name', 'decision'])
ORDER BY starts DESC, events DESC, driver_id
