-- The dictionary lists each column of each table and view of this database, in its type, and no other.
SELECT columns.table_name, columns.column_name, columns.data_type, dictionary.table_name, dictionary.column_name, dictionary.type
FROM (
  SELECT table_name, column_name, data_type, column_index FROM duckdb_columns()
  WHERE NOT internal AND database_name = current_database()
) AS columns
FULL JOIN (FROM data_dictionary WHERE table_kind <> 'macro') AS dictionary
  ON dictionary.table_name = columns.table_name AND dictionary.column_name = columns.column_name
WHERE columns.table_name IS NULL OR dictionary.table_name IS NULL OR dictionary.type <> columns.data_type
  OR dictionary.column_index <> columns.column_index
