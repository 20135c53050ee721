-- title: Sheets that rank their sections apart
-- grain: one sheet in which several sections have a first place, such as two groups or heats
-- key: sheet_id
-- counts: The places of such a sheet are counted anew in each section; only the first of these ranks overall.
-- first_section: Heading of the section that ranks overall; empty for the main table.
SELECT sheet_id, arg_min(coalesce(section, ''), line) AS first_section
FROM results
WHERE position = 1
GROUP BY sheet_id
HAVING count(DISTINCT coalesce(section, '')) > 1
