"""A launcher on a real cluster, and orders to give it."""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from farmfutures.engines.slurm.launcher import SlurmLauncher
from farmfutures.engines.spool.launcher import Order, Stand
from farmfutures.job import JobSpec, Launch
from farmfutures.settings import Settings

from ...slurm_cluster import Cluster

WAIT_S = 20.0


class Desk:
    """What a test does with Slurm.

    Args:
        cluster: The cluster.
        shared: The shared folder.
    """

    def __init__(self, cluster: Cluster, shared: Path) -> None:
        self.cluster = cluster
        self.shared = shared
        self.launcher = SlurmLauncher(Settings(spool=str(shared)))
        self._numbers = itertools.count(1)

    def order(
        self, *scripts: str, name: str = "a job", env: Mapping[str, str] | None = None, held: bool = False, **spec: Any
    ) -> Order:  # fmt: skip
        """Returns an order of shell commands, one a chunk; keywords are a job's options."""
        number = next(self._numbers)
        folder = self.shared / str(number)
        folder.mkdir()
        own = {key: value for key, value in spec.items() if key.startswith("slurm_")}
        rest = {key: value for key, value in spec.items() if key not in own}
        return Order(
            number, name, f"ff-{number}-0-{secrets.token_hex(4)}", str(folder),
            commands=[("/bin/sh", "-c", text) for text in scripts], items=[str(place) for place in range(len(scripts))],
            env=env or {}, spec=JobSpec(Launch(("python",)), engine_options=own, **rest), held=held,
        )  # fmt: skip

    def launch(self, *scripts: str, **spec: Any) -> str:
        """Gives such an order, and returns its handle."""
        return self.launcher.launch(self.order(*scripts, **spec))

    def stands(self, handle: str) -> dict[int, Stand]:
        """How the chunks stand now."""
        return self.launcher.look([handle])[handle]

    def states(self, handle: str) -> list[str]:
        """Their states, in order."""
        return [stand.state.value for _, stand in sorted(self.stands(handle).items())]

    def wait(self, handle: str, states: Collection[str] | str, seconds: float = WAIT_S) -> dict[int, Stand]:
        """Waits until the chunks stand so; one word is for all of them."""
        wanted = [states] * len(self.stands(handle)) if isinstance(states, str) else states
        until(lambda: self.states(handle) == wanted, seconds, lambda: self.stands(handle))
        return self.stands(handle)

    def wait_for(self, path: Path, seconds: float = WAIT_S) -> str:
        """Waits until a chunk has written a line into a file, and returns it."""
        until(lambda: path.exists() and path.read_text().endswith("\n"), seconds, lambda: f"{path} is not there")
        return path.read_text()


def until(true: Callable[[], bool], seconds: float = WAIT_S, state: Callable[[], object] = lambda: "") -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {state()}"
        time.sleep(0.1)


@pytest.fixture
def desk(slurm_cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Slurm, as this test's own user sees it. Nothing of the test is left in it afterwards."""
    monkeypatch.setenv("SLURM_CONF", str(slurm_cluster.conf))
    shared = tmp_path / "shared"
    shared.mkdir()
    yield Desk(slurm_cluster, shared)
    slurm_cluster.cancel_all()
    slurm_cluster.wait_until_idle()
    until(lambda: not slurm_cluster.steps(), state=slurm_cluster.steps)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that are run from now on, in order."""
    from farmfutures.engines.slurm import commands

    found: list[list[str]] = []
    run = commands.run

    def noted(command: Any, given: str | None = None) -> commands.Answer:
        found.append(list(command))
        return run(command, given)

    monkeypatch.setattr(commands, "run", noted)
    return found
