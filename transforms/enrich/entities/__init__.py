"""Actors, places and persons: names found in normalised text and composed."""
