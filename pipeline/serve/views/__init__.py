"""What there is to look at: one module a view; each asks its panels and says what a template shows."""
