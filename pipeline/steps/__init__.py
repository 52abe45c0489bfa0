"""The Beam steps of the diagram, in the order of ``pipeline.graph``."""
