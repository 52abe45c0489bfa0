"""Sinks: where rows go. One module a sink, mounted by the scheme of ``--output``."""
