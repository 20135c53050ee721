-- title: Careers
-- grain: one driver_id: a person, or a name that nobody could be tied to yet (identified is false)
-- key: driver_id
-- counts: All mentions, linked people once. Of how many mentions rest on evidence rather than on full names, linked_mentions tells; driver_careers_strict leaves those out.
SELECT driver_id, driver, identified, first_season, last_season, seasons, events, starts, finishes, wins, podiums, class_wins,
  poles, best_finish, makes, entrants, mentions, certain_mentions, linked_mentions, open_mentions
FROM careers(['name', 'decision', 'variant', 'linked', 'ambiguous', 'unresolved'])
ORDER BY identified DESC, starts DESC, events DESC, driver_id
