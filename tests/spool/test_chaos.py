"""Everything at once: runners killed, chunks started twice, the engine down and forgetful, while a job runs."""

from __future__ import annotations

import os
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from farmfutures import Executor, State
from farmfutures.engines.spool.engine import SpoolEngine
from farmfutures.spool import fences, outcomes, runs

from .processes import Farm, until


def mark(path: str, number: int) -> tuple[int, str]:
    """Says that it ran, and returns what no other run returns."""
    with open(path, "a") as file:
        file.write(f"{number}\n")
    time.sleep(0.01)
    return number, uuid.uuid4().hex


class Chaos:
    """Does something bad, again and again."""

    def __init__(self, farm: Farm, dice: random.Random) -> None:
        self.farm = farm
        self.dice = dice
        self.done: Counter[str] = Counter()
        self._verbs: list[Callable[[], bool]] = [self.lose, self.requeue, self.double, self.preempt, self.close]

    def strike(self) -> None:
        verb = self.dice.choice(self._verbs)
        if verb():
            self.done[verb.__name__] += 1

    def _running(self) -> list[int]:
        return [number for number, chunk in enumerate(self.farm.all()) if chunk.process is not None]

    def _one(self) -> int | None:
        running = self._running()
        return self.dice.choice(running) if running else None

    def lose(self) -> bool:
        with self.farm.still():
            number = self._one()
            if number is not None:
                self.farm.lose(self.farm.all()[number])
        return number is not None

    def requeue(self) -> bool:
        with self.farm.still():
            number = self._one()
            if number is not None:
                self.farm.requeue(self.farm.all()[number])
        return number is not None

    def double(self) -> bool:
        with self.farm.still():
            number = self._one()
            if number is not None:
                self.farm.requeue(self.farm.all()[number], kill=False)
        return number is not None

    def preempt(self) -> bool:
        with self.farm.still():
            number = self._one()
            if number is not None:
                self.farm.preempt(self.farm.all()[number])
        return number is not None

    def close(self) -> bool:
        self.farm.faults.down = not self.farm.faults.down
        return self.farm.faults.down


def counted(engine: SpoolEngine, job: int) -> Counter[int]:
    """How many outcomes count for each item, by what lies in the folder and nothing else."""
    folder = engine.spool.job(job)
    found = [run for name in runs.names(folder) if (run := runs.read(folder, engine.seal, name)) is not None]
    fence = fences.Fences(found)
    counts: Counter[int] = Counter()
    for run in found:
        for number in range(run.bundles):
            for one in outcomes.read(folder, engine.seal, run.name, number):
                counts[one.work] += fence.counts(run.name, number, one.work)
    return counts


@pytest.mark.timeout(110)
def test_r1_whatever_happens_each_item_has_one_outcome(
    works_farm: Farm, real: Executor, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    full = pytestconfig.getoption("--full")
    seed = int(os.environ.get("CHAOS_SEED") or time.time_ns() % 1_000_000)
    print(f"CHAOS_SEED={seed}")
    dice = random.Random(seed)
    total, strikes = (2_000, 60) if full else (120, 8)
    works_farm.most = 4
    with real.batch(attempts=strikes, chunk=total // 8) as batch:
        for number in range(total):
            batch.submit(mark, str(tmp_path / "ran"), number)
    chaos = Chaos(works_farm, dice)
    for _ in range(strikes):
        time.sleep(dice.uniform(0.05, 0.5))  # Not to wait for something: this is when it happens.
        chaos.strike()
    works_farm.faults.down = False
    values = [future.result(90) for future in batch.futures]
    assert [number for number, _ in values] == list(range(total))
    engine = real._engine
    assert isinstance(engine, SpoolEngine)
    until(lambda: not any(chunk.process for chunk in works_farm.all()), 40)
    assert counted(engine, batch.job_id) == Counter(range(total))
    engine.forget(batch.job_id)
    assert [future.result(30) for future in real.attach(batch.job_id)] == values, "whoever looks sees the same outcomes"
    ran = Counter(int(line) for line in (tmp_path / "ran").read_text().split())
    print(f"{sum(ran.values())} runs of {total} items; {dict(chaos.done)}")
    assert set(ran) == set(range(total))
    assert engine.request("job", job=batch.job_id)["state"] == State.COMPLETE
