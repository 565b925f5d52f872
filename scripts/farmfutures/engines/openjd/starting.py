"""Starts the process that runs a bundle: from a client, or from the process that runs the session that the client is in.

What is started inside a call ends with the call's interpreter, whatever it does to get away. So a call that submits leaves
that to whoever runs its session, who is there as long as the call is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...worker import processes
from ...worker.environ import PACKAGES
from . import owner
from .place import Place, Wish


@dataclass(frozen=True, slots=True)
class Start:
    """A host that is to run.

    Attributes:
        place: Where its bundle is.
        chunks: How many chunks the bundle has.
        sessions: How many sessions run at once.
        held: Whether to begin with none.
    """

    place: Place
    chunks: int
    sessions: int
    held: bool

    @classmethod
    def wished(cls, around: Place, wanted: Sequence[Any]) -> Start:
        """Returns what a client inside a session wishes, which is about a job of the same folder."""
        job, token, chunks, sessions, held = wanted
        return cls(Place.of(around.job.with_name(str(int(job))), os.path.basename(token)), int(chunks), int(sessions), bool(held))

    def process(self, python: str) -> subprocess.Popen[bytes]:
        """Starts it as a process of its own, which goes on in another one and ends."""
        path = os.pathsep.join(filter(None, [PACKAGES, os.environ.get("PYTHONPATH")]))
        flags: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            flags = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS}
        command = [python, "-m", "farmfutures.engines.openjd.host", str(self.place.root), "--chunks", str(self.chunks)]
        command += ["--sessions", str(self.sessions), *(["--held"] if self.held else [])]
        with self.place.log.open("ab") as log:
            return processes.start(command, stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": path}, **flags)

    def by_whoever_runs_us(self) -> bool:
        """Leaves it to whoever runs the session that this process is in; returns whether there is somebody."""
        around = owner.place()
        if around is None or around.job.parent != self.place.job.parent:
            return False
        job = int(self.place.job.name)
        around.wish(Wish(launch=(job, self.place.root.name, self.chunks, self.sessions, self.held)))
        return True
