"""Faults that are made on purpose. ``--full`` runs them at the sizes that are promised, else they are small."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """Returns the first number for a quick run, the second for a full one."""
    full = request.config.getoption("--full")
    return lambda small, large: large if full else small


@pytest.fixture
def dice() -> random.Random:
    """Chance, with a seed that is printed and that ``CHAOS_SEED`` sets."""
    seed = int(os.environ.get("CHAOS_SEED") or time.time_ns() % 1_000_000)
    print(f"CHAOS_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def farm(state: Path) -> Iterator[Farm]:
    with Farm() as farm:
        yield farm


@pytest.fixture
def executor(farm: Farm) -> Iterator[Executor]:
    with Executor() as executor:
        yield executor


class Journal:
    """An append-only log that the tasks write themselves: who ran, where."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def runs(self) -> Counter[int]:
        text = self.path.read_text() if self.path.exists() else ""
        return Counter(int(line.split()[0]) for line in text.splitlines())

    def pids(self) -> dict[int, int]:
        """The process that ran each task last."""
        return {int(task): int(pid) for task, pid, _ in map(str.split, self.path.read_text().splitlines())}

    @property
    def total(self) -> int:
        return sum(self.runs().values())


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "runs")


class Checker:
    """Reads only the database: each task is there once, over, with its outcome."""

    def __init__(self, state: Path) -> None:
        self.path = state / "farm.db"

    def states(self) -> Counter[int]:
        with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True) as db:
            found = Counter(state for (state,) in db.execute("SELECT state FROM items"))
        db.close()
        return found

    def rows(self, sql: str) -> list[Any]:
        db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()


@pytest.fixture
def checker(state: Path) -> Checker:
    return Checker(state)


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to this in time"
        time.sleep(0.005)


@pytest.fixture(name="until")
def _until() -> Callable[..., None]:
    return until
