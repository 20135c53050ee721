-- A pair has as many events as are listed, and the certain ones are among them.
FROM crew_pairings
WHERE events <> len(event_ids) OR certain_events > events OR wins > podiums OR podiums > starts OR first_season > last_season
