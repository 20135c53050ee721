"""What users query: SQL views and the explorer page."""
