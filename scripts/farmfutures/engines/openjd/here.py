"""Bundles run on this machine: by a process of their own, which goes on when the client has ended."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Collection, Iterator

from ...errors import EngineUnavailableError, RefusedError
from ...settings import Settings, python_executable
from ...worker.logs import tail
from ..spool.launcher import Finding, Order, Stand
from . import bundle
from .options import Chosen
from .place import Place, Wish
from .starting import Start
from .template import Plan

_START_S = 60.0


class Here:
    """Runs bundles on this machine.

    Args:
        settings: The client's.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def launch(self, order: Order, plan: Plan, place: Place, wanted: Chosen) -> None:
        """Writes a bundle and starts the process that runs it; it runs when this returns.

        Raises:
            EngineUnavailableError: It did not start.
        """
        bundle.write(place.bundle, plan)
        chunks = len(order.commands)
        sessions = max(1, min(chunks, order.spec.cpus or self._settings.slots))
        self._start(Start(place, chunks, sessions, order.held))

    def _start(self, start: Start) -> None:
        python, place = self._settings.python or python_executable(), start.place
        first = None if start.by_whoever_runs_us() else start.process(python)
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if place.read() is not None:
                if first is not None and sys.platform != "win32":  # There it is the one that stays.
                    first.wait()
                return
            if first is not None and first.poll() not in (None, 0):
                break
            time.sleep(0.01)
        raise EngineUnavailableError(
            f"the process that runs Open Job Description sessions did not start ({python}). It said: "
            f"{tail(place.log) or '(nothing)'}"
        )

    def was_launched(self, place: Place) -> bool:
        """Whether the process came so far that it said how chunks stand."""
        return place.standing.exists()

    def look(self, place: Place) -> dict[int, Stand]:
        """Returns how chunks stand."""
        return place.look()

    def cancel(self, place: Place, chunks: Collection[int] | None, *, running: bool) -> None:
        """Takes chunks away."""
        place.wish(Wish(cancel=True, chunks=None if chunks is None else tuple(chunks), running=running))

    def hold(self, place: Place, held: bool) -> None:
        """Keeps what waits from starting, or lets it start again."""
        place.wish(Wish(held=held))

    def set_priority(self, place: Place, priority: int) -> None:
        """There are none."""
        raise RefusedError("jobs of the openjd engine have no priority: none waits for another.")

    def examine(self) -> Iterator[Finding]:
        """Looks whether the Python that would run sessions has what that takes."""
        python = self._settings.python or python_executable()
        code = "import openjd.sessions, openjd.model; print(openjd.sessions.version, openjd.model.version)"
        try:
            done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=_START_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            yield Finding("openjd-sessions", False, f"{python} does not run: {error}", "name a Python by the setting 'python'")
            return
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            yield Finding("openjd-sessions", False, f"{python}: {last}", f"{python} -m pip install 'farmfutures[openjd]'")
        else:
            sessions, model = done.stdout.split()
            yield Finding("openjd-sessions", True, f"{sessions}, openjd-model {model}, of {python}")

    def url(self, place: Place) -> str | None:
        """There is none."""
        return None
