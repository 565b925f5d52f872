"""How work items become cells: none is left out, and what failed is seen."""

from __future__ import annotations

import time

import pytest

from farmfutures.job import CODES, State
from farmfutures_maya.panel.items import cells, rows

COMPLETE, FAILED, PENDING, KILLED = (CODES[state] for state in (State.COMPLETE, State.FAILED, State.PENDING, State.KILLED))


@pytest.mark.parametrize("total", [0, 1, 24, 30, 240, 4_000, 100_000, 1_000_000])
@pytest.mark.parametrize("width", [20, 280, 1000])
def test_every_item_has_a_cell_and_there_are_few_rows(total: int, width: int) -> None:
    grid = cells.fit(total, width)
    assert grid.columns * grid.size <= max(width, grid.size)
    assert [work for cell in range(grid.cells) for work in grid.works_of(cell)] == list(range(total))
    assert grid.rows <= cells.MOST_ROWS
    if total:
        column, row = grid.place(grid.cells - 1)
        assert grid.at(column, row) == grid.cells - 1 == grid.cell_of(total - 1)
        assert grid.at(grid.columns, 0) is None


def test_few_items_have_a_cell_each_with_room_for_a_sign() -> None:
    assert (cells.fit(24, 500).size, cells.fit(240, 700).size) == (cells.LARGE, cells.SMALL)
    assert (cells.fit(240, 700).each, cells.fit(100_000, 700).each) == (1, 217)


def test_shares_are_counted_whole_and_one_failure_in_thousands_is_seen() -> None:
    states = bytearray([COMPLETE]) * 100_000
    states[77_777] = FAILED
    grid = cells.fit(len(states), 900)
    begin = time.thread_time()
    found = cells.shares(bytes(states), grid)
    assert time.thread_time() - begin < 0.016
    assert sum(map(sum, found)) == 100_000
    (bad,) = [cell for cell, share in enumerate(found) if share[0]]
    assert bad == grid.cell_of(77_777)
    parts = dict(cells.heights(found[bad], 14.0))
    assert parts[FAILED] == 3.0
    assert sum(parts.values()) == pytest.approx(14.0)


def test_the_way_to_the_next_failure_goes_around_the_ends() -> None:
    states = bytes([COMPLETE, FAILED, PENDING, KILLED, COMPLETE])
    assert [cells.next_bad(states, start, 1) for start in (-1, 1, 3, 4)] == [1, 3, 1, 1]
    assert [cells.next_bad(states, start, -1) for start in (1, 3, 0)] == [3, 1, 3]
    assert cells.next_bad(bytes([COMPLETE] * 3), 1, 1) is None


def test_items_that_are_close_are_asked_for_at_once() -> None:
    assert rows.spans([3, 4, 5, 20, 500, 1]) == [(1, 20), (500, 500)]
    assert rows.spans([]) == []


def test_rows_of_some_states_only() -> None:
    table = rows.Rows()
    states = bytes([COMPLETE, FAILED] * 50_000)
    begin = time.thread_time()
    works = table.chosen(states, frozenset({State.FAILED}))
    assert time.thread_time() - begin < 0.05
    table.become(states, frozenset({State.FAILED}), works)
    assert (len(table), table.work(2), table.row(5), table.row(4)) == (50_000, 5, 2, None)
