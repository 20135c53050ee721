"""Other ways to do the same, by scripts that know beforehand which column is what: see `tests.bench.peers.places`."""

# The columns whose places they are told; here, since a script that imported more would start later for it.
PLACES = (
    *("position", "car_number", "crew", "car", "entrant", "class", "class_position", "laps", "race_time"),
    *("distance", "race_speed", "lap_time", "lap_number", "lap_speed"),
)
