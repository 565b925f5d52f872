"""How many work items one command line gets.

An interpreter starts once for a chunk, and Maya takes a minute to start, so that chunks should be large; the last of them
should be small, since everybody waits for whoever got the longest. So the first chunks are large and the later ones
smaller, as in guided self-scheduling (Polychronopoulos and Kuck, 1987), within limits: none holds more than a stated share of
the job, which is what the loss of a machine costs, and none less than an eighth of that, which is what a start is spread over.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

_TURNS = 2
"""So many chunks at least for each interpreter that may be at work at once."""

_SMALLEST = 8
"""The smallest chunk is the largest, divided by this."""


def split(works: Sequence[int], share: float, cpus: int | None = None, size: int | None = None) -> list[Sequence[int]]:
    """Returns work items in chunks, in order.

    Args:
        works: Indices of work items.
        share: What part of them one chunk may hold, between 0 and 1; a chunk holds one item at least.
        cpus: How many interpreters may be at work at once, where that is known.
        size: Items of each chunk, where somebody has chosen.
    """
    sizes = _equal(len(works), size) if size else _guided(len(works), share, cpus)
    found, start = [], 0
    for count in sizes:
        found.append(works[start : start + count])
        start += count
    return found


def _equal(total: int, size: int) -> Iterator[int]:
    for start in range(0, total, size):
        yield min(size, total - start)


def _guided(total: int, share: float, cpus: int | None) -> Iterator[int]:
    parts = max(1 / share if share else total, _TURNS * cpus if cpus and cpus > 1 else 1)
    largest = max(1, math.floor(total / parts))
    smallest = max(1, math.ceil(largest / _SMALLEST))
    left = total
    while left:
        count = min(left, max(smallest, min(largest, math.ceil(left / parts))))
        yield count
        left -= count
