"""Work items: the strip, the table, and what a real farm says of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import State

Wait = Callable[..., None]
MANY = 100_000


def divide(number: int, gate: str) -> float:
    import os
    import time

    while number == 3 and not os.path.exists(gate):
        time.sleep(0.005)
    farmfutures.progress(number, 6, "dividing")
    print("dividing by", number)
    return 1 / number


@pytest.fixture
def job(broker: Path, tmp_path: Path) -> Iterator[farmfutures.JobInfo]:
    """Six items: two failed, one runs until the gate opens, one waits behind it."""
    executor = farmfutures.Executor(cpus=1)
    with executor.batch("Divide") as batch:
        for number in (1, 0, 2, 0, 3, 4):
            batch.submit_ext(divide, [number, str(tmp_path / "gate")], name=f"frame {number:04d}")
    deadline = time.monotonic() + 20
    while not batch.futures[4].running():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    with farmfutures.Farm() as farm:
        yield farm.job(batch.job_id)
    (tmp_path / "gate").touch()
    executor.shutdown()


@pytest.fixture
def pane(feed: Any, job: farmfutures.JobInfo, wait_for: Wait) -> Iterator[Any]:
    made = import_module("farmfutures_maya.panel.items.pane").ItemsPane(feed)
    made.resize(900, 500)
    made.show()
    made.show_job(job)
    wait_for(lambda: len(made.model.rows) == 6)
    wait_for(lambda: made.model.item(5) is not None)
    yield made
    import_module("shiboken6").delete(made)


def column(pane: Any, name: str) -> list[str]:
    model = import_module("farmfutures_maya.panel.items.model")
    at = model.COLUMNS.index(name)
    return [pane.model.index(row, at).data() for row in range(pane.model.rowCount())]


def press(widget: Any, *keys: str, shift: bool = False) -> None:
    qt, test = import_module("PySide6.QtCore").Qt, import_module("PySide6.QtTest").QTest
    how = qt.KeyboardModifier.ShiftModifier if shift else qt.KeyboardModifier.NoModifier
    for key in keys:
        test.keyClick(widget, getattr(qt.Key, f"Key_{key}"), how)


def test_the_table_says_what_is_known_of_each(pane: Any) -> None:
    assert column(pane, "State") == ["complete", "failed", "complete", "failed", "running", "pending"]
    assert column(pane, "Name")[:2] == ["frame 0001", "frame 0000"]
    assert column(pane, "Why it ended")[:2] == ["", "ZeroDivisionError: division by zero"]
    assert column(pane, "Attempt") == ["1", "1", "1", "1", "1", ""]
    assert column(pane, "Worker")[4] not in ("", "0")
    assert column(pane, "Elapsed")[0].endswith(" s")


def test_what_runs_goes_on_in_the_table(pane: Any, tmp_path: Path, wait_for: Wait) -> None:
    (tmp_path / "gate").touch()

    def refreshed() -> bool:
        pane.refresh()
        return column(pane, "State")[4:] == ["complete", "complete"] and column(pane, "Attempt")[5] == "1"

    wait_for(refreshed)
    assert [chip.text() for state, chip in pane.chips.items() if chip.isVisible()] == ["2", "4"]


def test_u7_the_arrow_keys_walk_through_the_strip(pane: Any) -> None:
    pane.strip.setFocus()
    press(pane.strip, "Home", "Right")
    assert (pane.current, pane.chosen()) == (1, [1])
    assert pane.caption.text().startswith("frame 0000   failed   ")
    assert pane.caption.text().endswith("ZeroDivisionError: division by zero")
    press(pane.strip, "Right", "Right", shift=True)
    assert pane.chosen() == [1, 2, 3]
    assert pane.caption.text().startswith("3 chosen   ")
    press(pane.strip, "Left", shift=True)
    assert pane.chosen() == [1, 2]
    press(pane.strip, "End")
    assert (pane.current, pane.strip.current) == (5, 5)
    opened: list[int] = []
    pane.opened.connect(opened.append)
    press(pane.strip, "Return")
    assert opened == [5]


def test_keys_go_from_failure_to_failure(pane: Any) -> None:
    visited = []
    forth, back = (action for action in pane.actions() if "ailure" in action.text())
    for action in (forth, forth, forth, back):
        action.trigger()
        visited.append(pane.current)
    assert visited == [1, 3, 1, 3]
    assert [action.shortcut().toString() for action in (forth, back)] == ["N", "Shift+N"]


def test_a_chip_shows_items_of_one_state(pane: Any, wait_for: Wait) -> None:
    pane.pick(3)
    pane.chips[State.FAILED].click()
    assert column(pane, "State") == ["failed", "failed"]
    assert pane.current == 3
    pane.pick(0)  # It is not among them.
    assert (pane.current, len(pane.model.rows)) == (0, 6)


def test_the_strip_is_coloured_and_a_click_chooses(pane: Any) -> None:
    look, core = import_module("farmfutures_maya.panel.look"), import_module("PySide6.QtCore")
    image = pane.strip.grab().toImage()
    scale = image.devicePixelRatio()
    rects = [pane.strip.cell_rect(cell) for cell in range(6)]
    shown = [image.pixelColor(int((rect.left() + 1) * scale), int((rect.top() + 1) * scale)).name() for rect in rects]
    states = (State.COMPLETE, State.FAILED, State.COMPLETE, State.FAILED, State.RUNNING, State.PENDING)
    assert shown == [look.FILLS[state] for state in states]
    test = import_module("PySide6.QtTest").QTest
    test.mouseClick(pane.strip, core.Qt.MouseButton.LeftButton, core.Qt.KeyboardModifier.NoModifier, rects[4].center().toPoint())
    assert pane.current == 4
    assert pane.strip.describe(3) == "item 3: failed"


def test_a_job_that_is_gone_is_said(pane: Any, wait_for: Wait) -> None:
    import dataclasses

    pane.show_job(dataclasses.replace(pane.job, id=987654))
    wait_for(lambda: "there is no job 987654" in pane.caption.text())
    assert pane.model.rowCount() == 0


class Counted:
    """A farm with a job of a hundred thousand items; it notes what it was asked for."""

    def __init__(self) -> None:
        from farmfutures.job import CODES

        self.asked: list[tuple[int, int]] = []
        self.states_now = bytearray([CODES[State.COMPLETE]]) * MANY

    def states(self, job: int) -> bytes:
        return bytes(self.states_now)

    def items(self, job: int, limit: int, offset: int) -> list[farmfutures.ItemInfo]:
        self.asked.append((limit, offset))
        return [
            farmfutures.ItemInfo(job, work, f"frame {work}", State.COMPLETE, 1, 1, 1, 1.0, 2.0)
            for work in range(offset, offset + limit)
        ]


def test_u3_a_hundred_thousand_items_are_shown_filtered_and_scrolled_at_once(
    window: Any, qt: Any, job: farmfutures.JobInfo
) -> None:
    from farmfutures.job import CODES

    farm = Counted()
    asked: list[Any] = []
    quick = import_module("PySide6.QtCore").QObject()
    quick.ask = lambda key, function, then, failed=None: asked.append(lambda: then(function(farm)))
    pane = import_module("farmfutures_maya.panel.items.pane").ItemsPane(quick)
    pane.resize(900, 500)
    pane.show()
    pane.show_job(job)
    qt.processEvents()

    def took(act: Callable[[], object]) -> float:
        begin = time.thread_time()
        act()
        qt.processEvents()
        return time.thread_time() - begin

    first = took(asked.pop())
    for work in range(0, MANY, 2):
        farm.states_now[work] = CODES[State.FAILED]
    pane.refresh()
    update = took(asked.pop())
    filtered = took(pane.chips[State.FAILED].click)
    bar = pane.table.verticalScrollBar()
    scrolled = [took(partial(bar.setValue, place)) for place in range(0, 40_000, 4_000)]
    assert len(pane.model.rows) == MANY / 2
    pane._ask_rows()
    asked.pop()()
    assert sum(limit for limit, _ in farm.asked) < 400  # Those in view, whatever the length.
    assert max(first, filtered) < 0.05, (first, filtered)
    assert max(update, *scrolled) < 0.033, (update, scrolled)
    import_module("shiboken6").delete(pane)
