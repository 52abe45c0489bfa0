"""Imported once by the fork server of the worker pool: every stage, with its tables loaded."""

import pyarrow as pa

from transforms.document import warm_up
from transforms.text.urls import registrable_host

# Arrow's own allocator reserves far more than it needs, which the memory limit of a worker counts.
pa.set_memory_pool(pa.system_memory_pool())
warm_up()
registrable_host("https://news.example")  # the list of public suffixes is a tree of thousands
