-- A sheet that ranks sections apart has a first place in its first section and in another one.
SELECT split.sheet_id
FROM split_rankings AS split
LEFT JOIN results ON results.sheet_id = split.sheet_id AND results.position = 1
GROUP BY split.sheet_id, split.first_section
HAVING NOT bool_or(coalesce(results.section, '') = split.first_section)
  OR NOT bool_or(coalesce(results.section, '') <> split.first_section)
