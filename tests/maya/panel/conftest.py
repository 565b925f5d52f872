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
