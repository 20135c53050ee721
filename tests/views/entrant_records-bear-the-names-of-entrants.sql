-- A team is called the same in its record and in the table of teams.
SELECT records.entrant_id, records.entrant, entrants.entrant
FROM entrant_records AS records
LEFT JOIN entrants ON entrants.entrant_id = records.entrant_id
WHERE records.entrant IS DISTINCT FROM entrants.entrant
