"""The composition root and the outside world: commands, graph, sources, sinks, SQL."""
