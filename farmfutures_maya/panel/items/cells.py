"""How work items are laid out as a strip of cells. No Qt in here.

Few items have a cell each; of many, each cell is a run of them, whose states it shows by their shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from farmfutures.job import CODES, STATES, State

LARGE, SMALL = 18, 9
"""How wide a cell is, with the gap behind it: with a sign in it, and without."""

MOST_ROWS = 6

BAD = tuple(CODES[state] for state in (State.FAILED, State.KILLED, State.CANCELLED))
ORDER = tuple(CODES[state] for state in (
    State.FAILED, State.KILLED, State.CANCELLED, State.RUNNING, State.STARTING, State.COMPLETE, State.PENDING, State.BLOCKED,
))  # fmt: skip
"""How the shares of a cell stand, from top to bottom: what needs somebody is above."""

_TOTAL = len(STATES)


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a strip.

    Attributes:
        total: How many items.
        columns: How many cells a row.
        rows: How many rows.
        size: How wide a cell is, with the gap behind it.
        each: How many items a cell stands for.
    """

    total: int
    columns: int
    rows: int
    size: int
    each: int

    @property
    def cells(self) -> int:
        """How many cells."""
        return -(-self.total // self.each)

    def cell_of(self, work: int) -> int:
        """Returns the cell of an item."""
        return work // self.each

    def works_of(self, cell: int) -> range:
        """Returns the items of a cell."""
        return range(cell * self.each, min(self.total, (cell + 1) * self.each))

    def place(self, cell: int) -> tuple[int, int]:
        """Returns column and row of a cell."""
        return cell % self.columns, cell // self.columns

    def at(self, column: int, row: int) -> int | None:
        """Returns the cell at a place, or None where there is none."""
        cell = row * self.columns + column
        return cell if 0 <= column < self.columns and row >= 0 and cell < self.cells else None


def fit(total: int, width: int) -> Grid:
    """Returns the cells for so many items in so many pixels: as large as they can be, few rows, none left out."""
    large = max(1, width // LARGE)
    if total <= large * 2:
        return Grid(total, large, -(-total // large), LARGE, 1)
    columns = max(1, width // SMALL)
    each = max(1, -(-total // (columns * MOST_ROWS)))
    return Grid(total, columns, -(-total // (columns * each)), SMALL, each)


def shares(states: bytes, grid: Grid) -> list[tuple[int, ...]]:
    """Returns how many items of each state every cell has, in the order of `ORDER`."""
    if grid.each == 1:
        return [_SINGLE[state] for state in states]
    parts = (states[at : at + grid.each] for at in range(0, len(states), grid.each))
    return [tuple(part.count(code) for code in ORDER) for part in parts]


_SINGLE = tuple(tuple(int(code == state) for code in ORDER) for state in range(_TOTAL))


@lru_cache(maxsize=5000)
def heights(share: tuple[int, ...], height: float) -> tuple[tuple[int, float], ...]:
    """Returns state codes and their part of a cell's height: a single failure among thousands is seen."""
    total = sum(share)
    least = min(3.0, height / 3)
    wanted = [max(least, height * count / total) if count else 0.0 for count in share]
    spare = sum(wanted) - height
    largest = wanted.index(max(wanted))
    wanted[largest] -= spare
    return tuple((code, part) for code, part in zip(ORDER, wanted, strict=True) if part > 0)


def next_bad(states: bytes, start: int, step: int) -> int | None:
    """Returns the next item after one, or before it, that failed, was killed or cancelled; around the ends."""
    total = len(states)
    for distance in range(1, total + 1):
        work = (start + step * distance) % total
        if states[work] in BAD:
            return work
    return None
