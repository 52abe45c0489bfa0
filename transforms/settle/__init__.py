"""Decide which rows hold when articles arrive more than once: pure functions, whatever the order.

Facts that two deliveries of one article both claim, sightings of a page with several versions,
duplicate pairs and clusters: each is decided here from what was brought and what is stored,
without a sink and without Beam. ``pipeline.steps.settle`` reads, asks here, and commits.
"""

from transforms.settle.precedence import Precedence, weigh_deliveries
from transforms.settle.relations import ClusterUpdate, relate
from transforms.settle.rows import code_again, lead_to_latest

__all__ = [
    "ClusterUpdate",
    "Precedence",
    "code_again",
    "lead_to_latest",
    "relate",
    "weigh_deliveries",
]
