"""Fetching from hosts nobody trusts: one client, guarded addresses, robots, politeness."""
