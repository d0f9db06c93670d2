"""All SQL: tables, the session that commits, queries by noun, the access rule as a filter."""
