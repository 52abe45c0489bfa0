"""What there is to look at: one module a view, which asks what a template shows."""
