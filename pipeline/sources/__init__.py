"""Where documents come from: one module a kind of input, mounted by suffix."""
