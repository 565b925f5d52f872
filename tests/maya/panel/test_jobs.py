"""The table of jobs: rows that say how jobs stand, and a choice that stays while jobs come, go and change."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from farmfutures import JobInfo, State

Job = Callable[..., JobInfo]
NOW = 5000.0


@pytest.fixture
def table(window: Any) -> Iterator[Any]:
    made = import_module("farmfutures_maya.panel.jobs.table").JobTable()
    made.jobs._clock = lambda: NOW
    made.resize(1600, 300)
    made.show()
    yield made
    import_module("shiboken6").delete(made)


def cells(table: Any, row: int) -> dict[str, str]:
    columns = import_module("farmfutures_maya.panel.jobs.columns")
    texts = (table.jobs.index(row, place).data() for place in range(table.jobs.columnCount()))
    return {key: text for key, text in zip(columns.KEYS, texts, strict=True) if text}


def numbers(table: Any) -> list[int]:
    return [table.jobs.job_at(row).id for row in range(table.jobs.rowCount())]


def test_a_row_says_how_a_job_stands(table: Any, job: Job) -> None:
    left = import_module("farmfutures_maya.panel.jobs.eta").Left(400, 700, NOW - 100)
    table.jobs.take([job(7, started_s=1325.0), job(6, State.PENDING, started_s=None, counts={State.PENDING: 10})], {7: left})
    assert cells(table, 0) == {
        "id": "7", "name": "job 7", "done": "4 / 10", "failed": "1", "running": "2", "left": "5 - 10 min", "elapsed": "1:01:15",
        "priority": "50", "user": "mara", "engine": "local",
        "submitted": import_module("farmfutures_maya.panel.words").when(1000.0, NOW),
    }  # fmt: skip
    assert {key: cells(table, 1).get(key) for key in ("left", "elapsed", "failed")} == {
        "left": "unknown",
        "elapsed": None,
        "failed": None,
    }
    role = import_module("PySide6.QtCore").Qt.ItemDataRole
    tip = table.jobs.index(0, 0).data(role.ToolTipRole)
    assert "by mara, priority 50, engine local\n3 complete, 1 failed, 2 running, 4 pending" in tip
    assert table.jobs.index(0, 0).data(role.AccessibleTextRole) == "State: running"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [((3, 4), "3 s - 4 s"), ((300, 700), "5 - 12 min"), ((4000, 9000), "67 min - 2.5 h"), ((61, 61), "about 61 s")],
)
def test_ranges_are_said_shortly(seconds: tuple[float, float], said: str) -> None:
    words = import_module("farmfutures_maya.panel.words")
    assert words.span(*seconds) == said.replace("3 s - 4 s", "3 - 4 s")


def test_ages_and_times() -> None:
    words = import_module("farmfutures_maya.panel.words")
    assert [words.age(NOW - gone, NOW) for gone in (0, 12, 600, 400000)] == ["now", "12 s ago", "10 min ago", "5 d ago"]
    assert words.when(time.mktime((2026, 3, 4, 5, 6, 7, 0, 0, -1)), time.mktime((2026, 3, 4, 9, 0, 0, 0, 0, -1))) == "05:06"
    assert [words.many(1, "job"), words.many(2000, "job")] == ["1 job", "2,000 jobs"]


def test_a_choice_stays_while_jobs_come_and_go(table: Any, job: Job) -> None:
    table.jobs.take([job(3), job(2), job(1)])
    table.choose({2})
    table.jobs.take([job(5), job(4), job(3), job(2, State.COMPLETE)])
    assert [chosen.id for chosen in table.chosen_jobs()] == [2]
    assert numbers(table) == [5, 4, 3, 2]
    assert table.current_job().state is State.COMPLETE
    table.jobs.take([job(9)])
    assert (numbers(table), table.chosen_jobs()) == ([9], [])


def test_a_choice_stays_when_rows_change_places_or_begin_anew(table: Any, job: Job) -> None:
    dice = random.Random(7)
    columns = import_module("farmfutures_maya.panel.jobs.columns")
    filters = import_module("farmfutures_maya.panel.jobs.filters")
    order = import_module("PySide6.QtCore").Qt.SortOrder
    table.jobs.take([job(number) for number in range(300)])
    table.choose({100, 200, 201})
    for turn in range(40):
        table.jobs.take([job(number, priority=dice.randrange(100)) for number in range(300 + turn) if number % 97 != turn])
        table.jobs.find(filters.Filter(dice.choice(["", "0", "job"])))
        table.sortByColumn(dice.randrange(len(columns.KEYS)), dice.choice(list(order)))
        assert sorted(numbers(table)) == sorted(shown.id for shown in table.jobs.filter.found(table.jobs._all))
        chosen = {chosen.id for chosen in table.chosen_jobs()}
        if {100, 200, 201} & set(numbers(table)) != chosen:  # One that was filtered out is not chosen any more.
            assert chosen <= {100, 200, 201}
        table.jobs.find(filters.Filter())
        table.choose({100, 200, 201})


def test_only_what_changed_is_drawn_again(table: Any, job: Job) -> None:
    changed: list[tuple[int, int]] = []
    reset: list[bool] = []
    done = [job(number, State.COMPLETE, finished_s=1020.0) for number in (4, 3, 2, 1)]
    table.jobs.take([job(5), *done])
    table.jobs.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    table.jobs.modelReset.connect(lambda: reset.append(True))
    table.jobs.take([job(5), *done])
    table.jobs.take([job(5, State.COMPLETE), done[0], job(3, State.FAILED), *done[2:]])
    table.jobs.take([table.jobs.job_at(row) for row in range(5)])
    assert (changed, reset) == ([(0, 0), (0, 2)], [])  # Its time goes on.


def test_chosen_jobs_are_said_again_when_they_change(table: Any, job: Job) -> None:
    said: list[list[int]] = []
    table.chosen.connect(lambda jobs: said.append([one.id for one in jobs]))
    same = job(1)
    table.jobs.take([job(2), same])
    table.choose({1})
    table.jobs.take([job(2, State.FAILED), same])
    table.refresh()
    assert said == [[1]]
    table.jobs.take([job(2), job(1, State.COMPLETE)])
    table.refresh()
    assert said == [[1], [1]]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [4, 3, 2, 1]), ({"text": "JOB"}, [4, 3, 2, 1]), ({"text": "job 3"}, [3]), ({"text": "mara 4"}, [4]),
        ({"kinds": ["failed"]}, [2]), ({"kinds": ["paused", "running"]}, [4, 3]), ({"user": "jon"}, [1]),
        ({"user": "jon", "text": "3"}, []), ({"kinds": ["waiting"]}, []), ({"kinds": ["stopped"]}, [1]),
    ],
)  # fmt: skip
def test_what_is_looked_for(table: Any, job: Job, wanted: dict[str, Any], found: list[int]) -> None:
    counted: list[dict[str, int]] = []
    table.jobs.counted.connect(counted.append)
    table.jobs.take([job(4, paused=True), job(3), job(2, State.FAILED), job(1, State.KILLED, user="jon")])
    wanted["kinds"] = frozenset(wanted.get("kinds", ()))
    table.jobs.find(import_module("farmfutures_maya.panel.jobs.filters").Filter(**wanted))
    assert numbers(table) == found
    whole = {"running": 1, "waiting": 0, "paused": 1, "failed": 1, "complete": 0, "stopped": 1}
    assert counted[0] == whole
    if wanted["kinds"]:
        assert counted[-1] == whole  # Chips say how many there are of each kind, whichever is on.


def test_rows_are_sorted_by_what_they_mean(table: Any, job: Job) -> None:
    columns, order = import_module("farmfutures_maya.panel.jobs.columns"), import_module("PySide6.QtCore").Qt.SortOrder
    left = import_module("farmfutures_maya.panel.jobs.eta").Left
    jobs = [job(9, name="b", priority=5), job(10, name="A", priority=50), job(11, State.COMPLETE, name="c")]
    table.jobs.take(jobs, {9: left(1, 5, NOW)})
    assert numbers(table) == [11, 10, 9]
    for key, falling, rows in (
        ("id", False, [9, 10, 11]), ("name", False, [10, 9, 11]), ("priority", True, [11, 10, 9]), ("left", True, [10, 9, 11]),
        ("state", False, [10, 9, 11]),
    ):  # fmt: skip
        table.sortByColumn(columns.KEYS.index(key), order.DescendingOrder if falling else order.AscendingOrder)
        assert numbers(table) == rows, key


def shown(table: Any) -> list[str]:
    columns = import_module("farmfutures_maya.panel.jobs.columns")
    return [key for place, key in enumerate(columns.KEYS) if not table.isColumnHidden(place)]


def test_columns_give_way_in_a_narrow_panel_and_come_back(table: Any, qt: Any) -> None:
    widest = shown(table)
    assert len(widest) == 12
    counts = []
    for width in (1000, 800, 600, 400, 280):
        table.resize(width, 300)
        qt.processEvents()
        counts.append(len(shown(table)))
        name = table.columnWidth(import_module("farmfutures_maya.panel.jobs.columns").NAME)
        assert name >= 100
        assert table.horizontalHeader().length() <= table.viewport().width()
    assert counts == sorted(counts, reverse=True)
    assert shown(table) == ["state", "name", "progress"]
    table.resize(1600, 300)
    qt.processEvents()
    assert shown(table) == widest


def test_columns_are_remembered(table: Any, qt: Any) -> None:
    header, order = table.horizontalHeader(), import_module("PySide6.QtCore").Qt.SortOrder
    keys = import_module("farmfutures_maya.panel.jobs.columns").KEYS
    changed: list[bool] = []
    table.layout_of.changed.connect(lambda: changed.append(True))
    table.layout_of.choose("user", False)
    table.layout_of.choose("engine", True)
    header.moveSection(0, 5)
    header.resizeSection(keys.index("done"), 133)
    table.sortByColumn(keys.index("priority"), order.AscendingOrder)
    saved = json.loads(json.dumps(table.layout_of.saved()))
    assert len(changed) >= 5
    table.layout_of.reset()
    assert "user" in shown(table)
    assert header.visualIndex(0) == 0
    table.layout_of.restore(saved)
    qt.processEvents()
    assert ("user" in shown(table), "engine" in shown(table)) == (False, True)
    assert (header.visualIndex(0), header.sectionSize(keys.index("done"))) == (5, 133)
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (keys.index("priority"), order.AscendingOrder)


@pytest.mark.parametrize("saved", [{"order": 7, "hidden": "x", "widths": [1], "sort": ["nothing"]}, {"widths": {"id": "wide"}}])
def test_what_was_remembered_and_makes_no_sense_is_left_out(table: Any, saved: dict[str, Any]) -> None:
    table.layout_of.restore(saved)
    assert "name" in shown(table)
    assert table.layout_of.saved()["widths"] == {}


def test_the_bar_is_as_long_as_what_is_done_and_higher_where_it_failed(table: Any, job: Job) -> None:
    look, columns = import_module("farmfutures_maya.panel.look"), import_module("farmfutures_maya.panel.jobs.columns")
    table.jobs.take([job(2), job(1, total=100_000, counts={State.COMPLETE: 50_000, State.FAILED: 1, State.PENDING: 49_999})])
    table.resize(900, 200)
    for row, failed_pixels in ((0, None), (1, 2)):
        cell = table.visualRect(table.jobs.index(row, columns.PROGRESS))
        image = table.viewport().grab(cell).toImage()
        line = [image.pixelColor(x, image.height() // 2).name() for x in range(image.width())]
        complete, failed = (line.count(look.COLOURS[state]) for state in (State.COMPLETE, State.FAILED))
        if failed_pixels is None:
            assert complete == pytest.approx(3 * failed, abs=3)
            column = [image.pixelColor(line.index(look.COLOURS[State.FAILED]) + 1, y).name() for y in range(image.height())]
            other = [image.pixelColor(line.index(look.COLOURS[State.COMPLETE]) + 1, y).name() for y in range(image.height())]
            assert column.count(look.COLOURS[State.FAILED]) > other.count(look.COLOURS[State.COMPLETE])
        assert failed >= 2  # One of a hundred thousand is seen.


def test_no_text_of_a_usual_job_is_cut(table: Any, job: Job, qt: Any) -> None:
    columns, gui = import_module("farmfutures_maya.panel.jobs.columns"), import_module("PySide6.QtGui")
    counts = {State.COMPLETE: 120_000, State.FAILED: 8_000}
    table.jobs.take([job(12345, State.CANCELLED, total=128_000, counts=counts, finished_s=40000.0)])
    qt.processEvents()
    metrics = gui.QFontMetrics(table.font())
    for place, key in enumerate(columns.KEYS):
        if key in shown(table) and place not in (columns.NAME, columns.PROGRESS):
            text = "cancelled" if place == columns.STATE else table.jobs.index(0, place).data() or ""
            sign = 20 if place == columns.STATE else 0
            assert metrics.horizontalAdvance(text) + sign + 6 <= table.columnWidth(place), text


def test_a_thousand_jobs_take_little_of_the_interface(table: Any, job: Job) -> None:
    """Measured for real in the benchmarks; here only that nothing became slow by a factor."""
    jobs = [job(number) for number in range(1000, 0, -1)]
    table.jobs.take(jobs)
    begin = time.thread_time()
    for turn in range(5):
        jobs[turn * 100 : turn * 100 + 100] = [job(one.id, priority=turn) for one in jobs[turn * 100 : turn * 100 + 100]]
        table.jobs.take(list(jobs))
    assert (time.thread_time() - begin) / 5 < 0.08
