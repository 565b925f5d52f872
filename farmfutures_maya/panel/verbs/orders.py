"""Orders in which the items of a job may go. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Order = Callable[[Sequence[int], Sequence[int]], list[int]]
"""From the items that wait and the chosen ones among them to those that go first."""


def first(waiting: Sequence[int], chosen: Sequence[int]) -> list[int]:
    """The chosen ones go first."""
    return list(chosen)


def last(waiting: Sequence[int], chosen: Sequence[int]) -> list[int]:
    """The chosen ones go last."""
    late = set(chosen)
    return [work for work in waiting if work not in late]


def scouts(waiting: Sequence[int], chosen: Sequence[int]) -> list[int]:
    """The first, the one in the middle and the last of the chosen ones go first: they tell most of how it will be."""
    return list(dict.fromkeys([chosen[0], chosen[len(chosen) // 2], chosen[-1]])) if chosen else []
