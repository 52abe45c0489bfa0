"""The quality scoreboard: one module a suite, each measuring a stage on labelled data."""
