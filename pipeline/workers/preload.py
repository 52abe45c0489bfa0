"""Imported once by the fork server of the worker pool: every stage, with its tables loaded."""

from transforms.document import warm_up

warm_up()
