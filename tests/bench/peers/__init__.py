"""Other ways to do the same, by scripts that know beforehand which column is what: see `tests.bench.peers.places`.

Each writes three of this pipeline's tables under its names of columns, in the order of sheet, line and seat:
`lines` with the text of every line; `results` with all that cells say, typed as here, their print beside positions
and lap times, the id, the status and the size of the crew; and `driver_results`, a row for each driver with what was
told of the car. Cells without a column here (the times of further sessions, principals, engines) are columns of text.

What this pipeline does beyond that, in "reading alone" too: it finds out what the columns are, and of what kind the
sheet is; says of every line what became of it, and of every sheet how it was read; looks up makes, models and engines
in what is printed as a car, and takes operators and countries from entrants; rejects rows that do not fit; doubts
what does not agree; hashes the files that it reads and writes, and sees to it that these are on the disk. So kinds,
statuses and makes may differ; `tests/test_peers.py` holds all else to the same values.
"""

# The columns whose places they are told; here, since a script that imported more would start later for it.
PLACES = (
    *("position", "car_number", "crew", "car", "make", "model", "engine", "entrant", "principal"),
    *("class", "class_position", "laps", "race_time", "distance", "race_speed"),
    *("lap_time", "lap_number", "lap_speed", "session_2", "session_3", "session_4"),
)
