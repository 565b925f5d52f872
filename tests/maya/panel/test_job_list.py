"""The job list: jobs as rows, states as colour, sign and word, and a farm that is never asked on the main thread."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from farmfutures import JobInfo, State


def job(number: int, state: State = State.RUNNING, **changes: Any) -> JobInfo:
    counts = {State.COMPLETE: 3, State.FAILED: 1, State.RUNNING: 2, State.PENDING: 4}
    made = JobInfo(number, f"job {number}", "mara", state, 50, 2, 10, counts, 1000.0, 1010.0, None, "local")
    return dataclasses.replace(made, **changes)


@pytest.fixture
def job_list(window: Any) -> Iterator[Any]:
    """The panel, as it looks when nobody asks the farm."""
    made = import_module("farmfutures_maya.panel.job_list").JobList()
    made.feed.start = lambda: None
    yield made
    import_module("shiboken6").delete(made)


def seen(*jobs: JobInfo) -> Any:
    return import_module("farmfutures_maya.panel.watch").Seen(2000.0, jobs)


def row(job_list: Any, number: int) -> list[str]:
    model = job_list.model
    return [model.index(number, column).data() for column in range(model.columnCount())]


def test_a_row_says_how_a_job_stands(job_list: Any) -> None:
    job_list.show_seen(seen(job(7, finished_s=4675.0), job(6, State.PENDING, started_s=None, counts={State.PENDING: 10})))
    assert row(job_list, 0) == ["7", "job 7", "running", "", "4 / 10, 1 failed", "1:01:05"]
    assert row(job_list, 1) == ["6", "job 6", "pending", "", "0 / 10", ""]
    assert job_list.line.text().startswith("2 jobs, 2 active")
    tip = job_list.model.index(0, 0).data(import_module("PySide6.QtCore").Qt.ItemDataRole.ToolTipRole)
    assert "by mara, priority 50\n3 complete, 1 failed, 2 running, 4 pending" in tip


def test_a_paused_job_says_so(job_list: Any) -> None:
    job_list.show_seen(seen(job(2, paused=True), job(1, State.COMPLETE, paused=True)))
    assert [row(job_list, number)[2] for number in range(2)] == ["paused", "complete"]


def test_a_choice_stays_while_jobs_come_and_go(job_list: Any) -> None:
    job_list.show_seen(seen(job(3), job(2), job(1)))
    job_list.table.selectRow(1)
    job_list.show_seen(seen(job(5), job(4), job(3), job(2, State.COMPLETE)))
    assert [index.data() for index in job_list.table.selectionModel().selectedRows()] == ["2"]
    assert [row(job_list, number)[0] for number in range(4)] == ["5", "4", "3", "2"]
    assert row(job_list, 3)[2] == "complete"
    job_list.show_seen(seen(job(9)))
    assert job_list.model.rowCount() == 1


def test_only_what_changed_is_drawn_again(job_list: Any) -> None:
    changed: list[int] = []
    done = job(1, State.COMPLETE, finished_s=1020.0)
    job_list.show_seen(seen(job(2), done))
    job_list.model.dataChanged.connect(lambda first, last: changed.append(first.row()))
    job_list.show_seen(seen(job(2), done))
    assert changed == [0]  # Its time goes on.


def test_u8_without_a_farm_what_was_known_stays(job_list: Any) -> None:
    trouble = import_module("farmfutures_maya.panel.watch").Seen(2000.0, None, "The broker has stopped.")
    job_list.show_seen(trouble)
    assert (job_list.line.text(), job_list.empty.text()) == ("The broker has stopped.", "")
    job_list.show_seen(seen(job(1)))
    job_list.show_seen(trouble)
    assert job_list.model.rowCount() == 1
    job_list.show_seen(seen())
    assert "No jobs yet" in job_list.empty.text()


def test_the_bar_is_as_long_as_what_is_done(job_list: Any) -> None:
    look, model = import_module("farmfutures_maya.panel.look"), import_module("farmfutures_maya.panel.model")
    job_list.show_seen(seen(job(1)))
    job_list.resize(900, 200)
    job_list.show()
    cell = job_list.table.visualRect(job_list.model.index(0, model.PROGRESS))
    image = job_list.table.viewport().grab(cell).toImage()
    line = [image.pixelColor(x, image.height() // 2).name() for x in range(image.width())]
    complete, failed = (line.count(look.COLOURS[state]) for state in (State.COMPLETE, State.FAILED))
    assert complete == pytest.approx(3 * failed, abs=2)
    assert failed > 5


def test_no_text_of_a_usual_job_is_cut(job_list: Any) -> None:
    model, gui = import_module("farmfutures_maya.panel.model"), import_module("PySide6.QtGui")
    wide = job(12345, State.CANCELLED, total=1280, counts={State.COMPLETE: 1200, State.FAILED: 80}, finished_s=40000.0)
    job_list.show_seen(seen(wide))
    job_list.resize(job_list.sizeHint())
    job_list.show()
    metrics = gui.QFontMetrics(job_list.table.font())
    for column, text in enumerate(row(job_list, 0)):
        if column != model.NAME:
            icon = 20 if column == model.STATE else 0
            assert metrics.horizontalAdvance(text) + icon + 6 <= job_list.table.columnWidth(column), text


def feeds() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "farmfutures-feed"]


def test_it_asks_while_somebody_looks_only(broker: Path, window: Any, wait_for: Callable[..., None]) -> None:
    made = import_module("farmfutures_maya.panel.job_list").JobList()
    assert feeds() == []
    made.show()
    assert len(feeds()) == 1
    made.hide()
    wait_for(lambda: feeds() == [])
    made.show()
    import_module("shiboken6").delete(made)
    wait_for(lambda: feeds() == [])
