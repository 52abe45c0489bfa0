"""Which articles are copies or versions of which: facts as pairs, relations as clusters."""

from transforms.dedup.clusters import assign_clusters, latest_versions, touched_component
from transforms.dedup.compare import Similarity, compare, compare_texts
from transforms.dedup.fingerprint import fingerprint
from transforms.dedup.pairs import find_pairs
from transforms.text.urls import canonicalise_url

__all__ = [
    "Similarity",
    "assign_clusters",
    "canonicalise_url",
    "compare",
    "compare_texts",
    "find_pairs",
    "fingerprint",
    "latest_versions",
    "touched_component",
]
