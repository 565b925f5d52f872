"""Fixtures of the panel: an interface whose events run until something is so, and a feed."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import JobInfo, State

WAIT_S = 15.0


@pytest.fixture
def wait_for(qt: Any) -> Callable[..., None]:
    """Lets Qt have its events until a condition holds."""

    def wait(condition: Callable[[], bool], timeout_s: float = WAIT_S) -> None:
        end = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < end, "it did not come"
            qt.processEvents()
            threading.Event().wait(0.002)

    return wait


@pytest.fixture
def feed(broker: Path, window: Any) -> Iterator[Any]:
    """A feed, and what it saw and said in ``looks`` and ``said``."""
    made = import_module("farmfutures_maya.panel.feed").Feed(5)
    made.looks, made.said = [], []
    made.seen.connect(made.looks.append)
    made.health.connect(made.said.append)
    yield made
    made.close(wait_s=10)


@pytest.fixture
def job() -> Callable[..., JobInfo]:
    """Makes jobs as an engine tells of them."""

    def make(number: int, state: State = State.RUNNING, **changes: Any) -> JobInfo:
        counts = {State.COMPLETE: 3, State.FAILED: 1, State.RUNNING: 2, State.PENDING: 4}
        made = JobInfo(number, f"job {number}", "mara", state, 50, 2, 10, counts, 1000.0, 1010.0, None, "local")
        return dataclasses.replace(made, **changes)

    return make


SUBMITTED = """//Maya ASCII 2026 scene
requires maya "2026";
createNode transform -n "ball";
createNode transform -n "cube";
createNode animCurveTL -n "ball_tx";
	setAttr -s 2 ".ktv[0:1]"  1 0 11 10;
	setAttr ".tan" 2;
connectAttr "ball_tx.o" "ball.tx";
"""


@pytest.fixture
def open_scene(maya: Any, tmp_path: Path) -> Path:
    """A scene that is open: a ball that moves, and a cube."""
    path = tmp_path / "project" / "scenes" / "shot.ma"
    path.write_text(SUBMITTED)
    maya.cmds.file(str(path), open=True, force=True)
    return path


@pytest.fixture
def make_form(feed: Any, stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Makes forms in a Maya with an interface, and takes them away."""
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    made: list[Any] = []

    def make(request: Any = None) -> Any:
        form = import_module("farmfutures_maya.panel.submit.form").SubmitForm(feed)
        form.jobs = []
        form.submitted.connect(form.jobs.append)
        made.append(form)
        form.resize(560, 700)
        form.show()
        if request is not None:
            form.show_request(request)
            form.judge()
        return form

    yield make
    for form in made:
        form.sending.cancel()
        import_module("shiboken6").delete(form)


@pytest.fixture
def finished() -> Callable[[int], bool]:
    """Says whether a job has ended."""

    def done(job: int) -> bool:
        with farmfutures.Farm() as farm:
            return farm.job(job).state.done

    return done
