"""A place for one interpreter: started when a chunk needs it, kept as long as chunks come that it fits.

A runner that is started for one chunk has one of its own, which ends with it. An engine that keeps a process between chunks
(a Dask worker, the environment of an OpenJD step) makes one `Interpreter`, gives it to each `run_chunk`, and closes it:

    interpreter = Interpreter()
    run_chunk("/spool/ann/jobs/17", "0-9", interpreter)    # starts Maya
    run_chunk("/spool/ann/jobs/17", "10-19", interpreter)  # finds it warm
    interpreter.close()                                    # lets it say goodbye

One chunk at a time. A chunk that needs another kind of interpreter (other environment, bootstrap, settings) ends the one
that is there and starts its own; one that died, whenever, is started again. Any thread may use it, and another one the next
time. If the process that holds it dies, however, the interpreter ends, too.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..settings import Settings
from . import channel, deaths, processes, spawn, stage
from .page import last_words

_GOODBYE_S = spawn.GOODBYE_S + 5.0
"""A supervisor ends an interpreter that does not leave by itself; after so long it is ended with it."""

_END_S = 5.0


@dataclass(frozen=True, slots=True)
class Need:
    """What an interpreter must be to run a job's items.

    Attributes:
        launch: A `Launch` as plain data, as it is to be on this machine.
        env: The whole environment, secrets and all.
        path_rules: Rules by which paths among arguments are mapped.
        settings: For limits.
    """

    launch: Mapping[str, Any]
    env: Mapping[str, str]
    path_rules: tuple[str, ...]
    settings: Settings

    @property
    def key(self) -> str:
        """What is the same for needs that one interpreter fits."""
        limits = (self.settings.inline_limit_bytes, self.settings.log_limit_bytes, self.settings.memory_mark_bytes)
        same = [dict(self.launch), dict(self.env), self.path_rules, limits, self.settings.start_timeout_s]
        return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Places:
    """Where a chunk's files go: what items print, what is too large to be handed back, and what only this interpreter has."""

    logs: Path
    blobs: Path
    own: Path


class Interpreter:
    """See the module. Its methods but `close` are for the runner.

    Attributes:
        ready: Whether it takes work.
        items_done: How many items it ran.
    """

    def __init__(self) -> None:
        self._one: spawn.Supervised | None = None
        self._key = ""
        self._places: Places | None = None
        self._temp = ""
        """What it keeps for itself, Maya's preferences say, lies on a disk of this machine."""
        self._grant = int(time.time() * 1000)
        self.stuck: set[int] = set()
        self.ready = False
        self.leaving = False
        self.items_done = 0
        self.began_s = 0.0

    @property
    def there(self) -> bool:
        """Whether one was started that has not been buried yet."""
        return self._one is not None

    @property
    def folder(self) -> Path | None:
        """The folder of the one that is there."""
        return self._one.folder if self._one else None

    def kept_at(self, root: Path) -> Path:
        """Returns a folder in `root` for one that outlives the chunk that it is started for."""
        return root / f"{socket.gethostname()}-{os.getpid()}-{id(self):x}"

    def suits(self, need: Need) -> bool:
        """Whether the one that is there fits, and is not about to leave."""
        return self._one is not None and self._key == need.key and not self.leaving and self._one.process.poll() is None

    def start(self, need: Need, places: Places) -> None:
        """Starts one; there must be none."""
        shutil.rmtree(places.own, ignore_errors=True)
        places.own.parent.mkdir(mode=0o700, exist_ok=True)
        one = self._one = spawn.Supervised(places.own, *spawn.start(places.own, self.stuck))
        self._key, self._places = need.key, places
        self.ready = self.leaving = False
        self.items_done, self.began_s = 0, time.monotonic()
        self._temp = tempfile.mkdtemp(prefix="farmfutures-")
        env = {**need.env, stage.TEMP_VARIABLE: self._temp}
        child = spawn.child_config(need.launch, places.logs, places.blobs, need.settings)
        one.begin(
            spawn.supervisor_config(places.own, need.launch, env, places.logs, need.settings),
            {**child, "path_rules": need.path_rules},
        )

    def serve(self, places: Places) -> None:
        """Says where files go from now on."""
        places = Places(places.logs, places.blobs, self._must().folder)
        if places != self._places:
            self._places = places
            where = {"logs": str(places.logs), "blobs": str(places.blobs)}
            self._must().order("serve", config={"logs": where["logs"]})
            self._must().data.send(channel.pack_message({"serve": where}))

    def _must(self) -> spawn.Supervised:
        assert self._one is not None, "there is no interpreter"
        return self._one

    # --- to it

    @property
    def files(self) -> list[int]:
        """Descriptors to listen to."""
        return [self._one.data.file, self._one.control.file] if self._one else []

    def flush(self) -> None:
        """Sends on what did not fit."""
        self._must().data.flush()
        self._must().control.flush()

    def run(self, job: int, work: int, attempt: int, level: int, call: bytes, extra: Mapping[str, Any], limit_s: float) -> int:
        """Hands a work item over and returns the number of the grant; a `limit_s` of 0 is none."""
        self._grant += 1
        self._must().data.send(channel.pack_run(
            self._grant, [job], [work], [attempt], [level], [call], {"0": dict(extra)} if extra else {},
            {"0": limit_s} if limit_s else {},
        ))  # fmt: skip
        return self._grant

    def kill(self, grant: int) -> None:
        """Ends it if it runs that grant's item."""
        self._must().order("kill", g=grant, o=0, reason="killed")

    def revoke(self) -> None:
        """Asks for what has not started; see `words`."""
        self._must().order("revoke", g=self._grant)

    def let_go(self) -> None:
        """Lets it leave, when it has nothing to do."""
        if not self.leaving:
            self.leaving = True
            self._must().let_go()

    def abort(self) -> None:
        """Ends it whatever it does."""
        self.leaving = True
        self._must().hang_up()

    def look(self, now: float) -> None:
        """Looks after its supervisor."""
        self._must().give_up_if_stopped(now)

    # --- from it

    def records(self) -> list[channel.Record]:
        """Returns what the interpreter said: READY, OUTCOME, PROGRESS, STOPPED and FAILED records."""
        return self._must().data.receive()

    def words(self) -> list[dict[str, Any]]:
        """Returns what its supervisor said: ``died``, ``back`` and ``failed``."""
        return [header for header, _ in self._must().control.receive()]

    @property
    def gone(self) -> bool:
        """Whether the supervisor is, too, so that it can be buried."""
        return self._must().control.ended or self._must().process.poll() is not None

    def last_words(self) -> tuple[int, dict[str, Any]]:
        """Returns what is known of the end of one whose supervisor said nothing: the grant that ran, and the death."""
        now = last_words(self._must().folder / "page")
        return now.grant if now.started_s else 0, deaths.lost_with_supervisor(now.started_s)

    def tail(self) -> str:
        """Returns the last lines that it printed."""
        return self._must().tail()

    def bury(self) -> None:
        """Lets go of one that is gone, or ends it now."""
        one, self._one = self._one, None
        self.ready = self.leaving = False
        if one is not None:
            if not spawn.ended_by(one.process, time.monotonic() + _END_S):
                one.kill()
            one.close()
            for folder in (one.folder, self._temp):
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Lets the one that is there say goodbye, within limits, and ends it. It may be used again."""
        if self._one is None:
            return
        if not self.ready:
            self.abort()
        self.let_go()
        if not spawn.ended_by(self._one.process, time.monotonic() + _GOODBYE_S):
            self._one.kill()
        self.bury()

    def __enter__(self) -> Interpreter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def sweep() -> None:
    """Ends what a supervisor that was killed left behind: the system made it a child of this process."""
    processes.end_children(spare=())
