"""A sentence as the rules see it: its tokens, entities, clauses and insertions."""
