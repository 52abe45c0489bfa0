"""Who did it, to whom: actors and recipients of a trigger."""
