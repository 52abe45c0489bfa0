"""Imported once by the fork server of the worker pool: every stage, with its tables loaded."""

import pyarrow as pa

from transforms.document import warm_up

# Arrow's own allocator reserves far more than it needs, which the memory limit of a worker counts.
pa.set_memory_pool(pa.system_memory_pool())
warm_up()
