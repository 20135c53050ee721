-- title: How many persons drove
-- macro: persons(subject)
-- grain: one value of the column of driver_honours asked for, such as `persons(make)`
-- counts: Whoever is printed in the crew of a car, once for each value; cars of which the column says nothing are in no row.
-- subject: The value, as text.
-- drivers (count): Persons in the crews, nominated ones too; names tied to nobody are left out.
-- open_names (count): Names tied to nobody, that may be one of these persons or others.
SELECT CAST(subject AS VARCHAR) AS subject,
  count(DISTINCT driver_id) FILTER (identified) AS drivers,
  count(DISTINCT coalesce(driver_id, result_id || '/' || seat)) FILTER (NOT identified) AS open_names
FROM driver_honours
WHERE subject IS NOT NULL
GROUP BY 1
