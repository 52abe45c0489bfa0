"""Decide which rows hold when articles arrive more than once: pure functions, whatever the order.

Facts that two deliveries of one article both claim, sightings of a page with several versions,
duplicate pairs, clusters and incidents: each is decided here from what was brought and what is
stored, without a sink and without Beam. ``pipeline.steps.settle`` reads, asks here, and commits.
"""

from transforms.settle.incidents import REACH, ReportIndex, assign_incidents
from transforms.settle.precedence import Precedence, weigh_deliveries
from transforms.settle.relations import ClusterUpdate, relate
from transforms.settle.rows import code_again, event_rows, lead_to_latest
from transforms.settle.same_incident import Report, report_of

__all__ = [
    "REACH",
    "ClusterUpdate",
    "Precedence",
    "Report",
    "ReportIndex",
    "assign_incidents",
    "code_again",
    "event_rows",
    "lead_to_latest",
    "relate",
    "report_of",
    "weigh_deliveries",
]
