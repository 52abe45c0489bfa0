"""Rows: the one schema of all tables, and records turned into validated rows of it."""
