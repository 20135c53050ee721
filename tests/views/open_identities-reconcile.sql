-- Every mention that is tied to nobody waits in one row.
SELECT sum(mentions) AS mentions
FROM open_identities
HAVING coalesce(sum(mentions), 0) <> (SELECT count(*) FROM driver_links WHERE method IN ('ambiguous', 'unresolved'))
