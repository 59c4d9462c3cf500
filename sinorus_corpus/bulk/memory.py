"""How a worker keeps memory: it does not give it back at once, nor without end. Nothing is known of articles here."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pyarrow as pa

# To be given memory anew for every array takes a tenth of the time: the C library and polars (by jemalloc) keep what they have.
ALLOCATORS = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 29),
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1,oversize_threshold:0",
}
# What a worker may hold before it gives back, which costs up to a tenth of the time of a batch.
_HELD = 410 << 20


def give_back() -> None:
    """Gives the system what lies free in the C library, once much is held: else the peak rises with the number of batches."""
    if _held() > _HELD:
        pa.default_memory_pool().release_unused()


def _held() -> float:
    """Bytes of memory that this process holds, less mapped files; without bound where the system does not tell."""
    try:
        _, resident, mapped, *_ = map(int, Path("/proc/self/statm").read_text().split())
    except OSError:
        return math.inf
    return (resident - mapped) * os.sysconf("SC_PAGESIZE")
