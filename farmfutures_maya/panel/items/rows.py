"""Which items a table shows, and what is known of them. No Qt in here.

The state of every item is known at all times, a byte each; the rest is asked for where somebody looks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence

from farmfutures import Farm, ItemInfo
from farmfutures.job import CODES, STATES, State

KEPT = 4000
"""Of so many items, what was asked for is remembered."""

_GAP = 24
"""Items that so few others lie between are asked for together."""

_NONE: frozenset[State] = frozenset()


class Rows:
    """The items of one job, or those of some states."""

    def __init__(self) -> None:
        self.states = b""
        self.only: frozenset[State] = _NONE
        self.known: OrderedDict[int, ItemInfo] = OrderedDict()
        self._works: Sequence[int] = range(0)

    def __len__(self) -> int:
        return len(self._works)

    def work(self, row: int) -> int:
        """Returns the item of a row."""
        return self._works[row]

    def row(self, work: int) -> int | None:
        """Returns the row of an item, or None where it is not shown."""
        works = self._works
        if isinstance(works, range):
            return work if work in works else None
        from bisect import bisect_left

        place = bisect_left(works, work)
        return place if place < len(works) and works[place] == work else None

    def chosen(self, states: bytes, only: frozenset[State]) -> Sequence[int]:
        """Returns the items to show: all of them, or those of some states."""
        if not only:
            return range(len(states))
        codes = frozenset(CODES[state] for state in only)
        return [work for work, code in enumerate(states) if code in codes]

    def become(self, states: bytes, only: frozenset[State], works: Sequence[int]) -> None:
        """Shows these."""
        self.states, self.only, self._works = states, only, works

    def shows(self, works: Sequence[int]) -> bool:
        """Returns whether it shows just these already."""
        return len(works) == len(self._works) and works == self._works

    def state(self, work: int) -> State:
        """Returns how an item stands."""
        return STATES[self.states[work]]

    def learn(self, items: Iterable[ItemInfo]) -> None:
        """Remembers what was asked for."""
        for item in items:
            self.known[item.work_id] = item
            self.known.move_to_end(item.work_id)
        while len(self.known) > KEPT:
            self.known.popitem(last=False)

    def wanted(self, first: int, last: int) -> list[int]:
        """Returns the items of rows of which something is not known, or may have changed."""
        works = [self._works[row] for row in range(max(0, first), min(last + 1, len(self)))]
        return [work for work in works if not self._settled(work)]

    def _settled(self, work: int) -> bool:
        known = self.known.get(work)
        return known is not None and known.state.done and known.state is self.state(work)


def read(farm: Farm, job: int, works: Collection[int]) -> list[ItemInfo]:
    """Asks for items, runs of them at once. Runs on a thread of the feed."""
    items: list[ItemInfo] = []
    for first, last in spans(works):
        items += farm.items(job, last - first + 1, first)
    return items


def spans(works: Collection[int]) -> list[tuple[int, int]]:
    """Returns the first and the last of runs of items that are close together."""
    found: list[tuple[int, int]] = []
    for work in sorted(works):
        if found and work - found[-1][1] <= _GAP:
            found[-1] = found[-1][0], work
        else:
            found.append((work, work))
    return found
