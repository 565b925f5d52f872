"""``python -m farmfutures.engines.openjd.keeper FOLDER --session DIR --begin``: holds a session's interpreter between tasks.

``--begin`` starts a process that stays, and returns when it can be reached; ``--end`` has it let the interpreter say goodbye,
and leave. It leaves by itself when the session's folder is gone, when whoever runs the session is (see `owner`), or when
nobody needed it for long. A task that finds no keeper has an interpreter of its own: that is only slower.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...errors import FarmFuturesError
from ...spool import package
from ...spool.layout import JobFolder
from ...spool.seal import Seal
from ...worker import here, processes
from ...worker.interpreter import Interpreter, Places, sweep
from ...worker.logs import tail
from ...worker.runner import Runner
from . import owner, wire
from .telling import Telling

_LOOK_S = 0.25
_START_S = 60.0
_IDLE_S = 300.0
_LEAVE_S = 3600.0


class Keeper:
    """See the module.

    Args:
        folder: The job's folder.
        session: The session's folder.
    """

    def __init__(self, folder: str, session: Path) -> None:
        self._folder = folder
        self._door = wire.Door(session)
        self._one = Interpreter()
        self._used = time.monotonic()

    def serve(self) -> None:
        """Serves tasks until it is told to leave."""
        try:
            self._warm()
            while not self._forsaken():
                line = self._door.accept(_LOOK_S)
                if line is not None and not self._answer(line):
                    return
        finally:
            self._door.close()
            self._one.close()
            sweep()

    def _warm(self) -> None:
        """Starts the interpreter, so that the first task finds it ready. If that fails, the task says so to whom it concerns."""
        with contextlib.suppress(FarmFuturesError, OSError):
            folder = JobFolder.at(self._folder)
            if folder.key.exists():
                seal = Seal.of(folder.key)
                places = Places(folder.logs, folder.blobs, self._one.kept_at(folder.user / "workers"))
                self._one.start(here.need(folder, seal, package.read(folder, seal)), places)

    def _forsaken(self) -> bool:
        idle_s = time.monotonic() - self._used
        if idle_s > _IDLE_S and self._one.there:
            self._one.close()
        return idle_s > _LEAVE_S or not self._door.path.exists()

    def _answer(self, line: wire.Line) -> bool:
        """Does what somebody wants; returns whether to stay."""
        try:
            wanted = line.receive() or {}
            if wanted.get("leave"):
                self._one.close()
                with contextlib.suppress(OSError):
                    line.send(left=True)
                return False
            if "items" in wanted:
                self._run(line, wanted["items"])
            return True
        finally:
            line.close()
            self._used = time.monotonic()

    def _run(self, line: wire.Line, items: str) -> None:
        telling = Telling(self._folder, items)
        runner = Runner(self._folder, items, self._one, lambda run: _say(line, tale=asdict(telling.tell(run))))
        listener = threading.Thread(target=_listen, args=(line, runner), name="farmfutures task")
        listener.start()
        try:
            _say(line, code=runner.run())
        except (FarmFuturesError, OSError) as error:
            _say(line, code=1, error=str(error))
        finally:
            line.close()
            listener.join()


def _say(line: wire.Line, **message: Any) -> None:
    with contextlib.suppress(OSError):  # Then `_listen` hears of it, too.
        line.send(**message)


def _listen(line: wire.Line, runner: Runner) -> None:
    """Hears what the task wants; one that is gone was killed, and wants nothing to go on."""
    while (word := line.receive()) is not None:
        if word.get("stop") == "drain":
            runner.drain()
        else:
            runner.abort()
    runner.abort()


# --- what the session runs


def begin(folder: str, session: Path) -> int:
    """Starts a keeper in the background, and returns when it can be reached."""
    log = session / "keeper.log"
    flags: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        flags = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS}
    with log.open("ab") as file:
        command = [sys.executable, "-m", __spec__.name, folder, "--session", str(session), "--serve"]
        keeper = processes.start(command, stdout=file, stderr=file, **flags)
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        with wire.visit(session) as line:
            if line is not None:
                return 0
        if keeper.poll() is not None:
            break
        time.sleep(0.01)
    print(
        f"openjd_fail: the session's keeper did not start: {' / '.join(tail(log).splitlines()) or 'it said nothing'}", flush=True
    )
    return 1


def end(session: Path) -> int:
    """Has the keeper leave, and waits until the interpreter has said goodbye."""
    with wire.visit(session) as line:
        if line is not None:
            with contextlib.suppress(OSError):
                line.send(leave=True)
                line.receive()
    return 0


def main(arguments: list[str]) -> int:
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m farmfutures.engines.openjd.keeper")
    parser.add_argument("folder")
    parser.add_argument("--session", type=Path, required=True)
    what = parser.add_mutually_exclusive_group(required=True)
    for name in ("begin", "serve", "end"):
        what.add_argument(f"--{name}", dest="what", action="store_const", const=name)
    given = parser.parse_args(arguments)
    if given.what == "begin":
        return begin(given.folder, given.session)
    if given.what == "end":
        return end(given.session)
    owner.leave_with()
    processes.adopt_orphans()
    Keeper(given.folder, given.session).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
