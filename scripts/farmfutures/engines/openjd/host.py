"""``python -m farmfutures.engines.openjd.host FOLDER``: runs a bundle's sessions on this machine, and outlives the client.

As many sessions at once as the job has cpus, each a thread of its own here. How chunks stand is written into the folder whenever
it changes; what clients wish is read there. It ends with the last chunk.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from openjd.sessions import LOG, ActionState, ActionStatus

from ...errors import FarmFuturesError
from ...worker import processes
from ..local.lock import Lock
from ..spool.launcher import ChunkState, Stand
from .place import FRESH_S, Place, Standing, Wish
from .sessions import Bundle, Run, why
from .starting import Start

GRACE_S = 5.0
"""What is cancelled while it runs has so long until it is ended by force."""

_LOOK_S = 0.2


class Host:
    """See the module.

    Args:
        place: The folder.
        what: The bundle.
        chunks: How many there are.
        held: Whether to begin with none.
    """

    def __init__(self, place: Place, what: Bundle, chunks: int, *, held: bool) -> None:
        self.place = place
        self._bundle = what
        self._change = threading.Condition()
        waiting = Stand(ChunkState.WAITING, "held" if held else "")
        self.standing = Standing(socket.gethostname(), dict.fromkeys(range(chunks), waiting), held)
        self._runs: dict[int, Run] = {}
        self._cancelled: set[int] = set()
        self._changed = True
        self._gone = False
        self._started: list[subprocess.Popen[bytes]] = []

    def serve(self, sessions: int) -> None:
        """Runs all chunks."""
        root = Path(tempfile.mkdtemp(prefix="farmfutures-openjd-"))
        lanes = [threading.Thread(target=self._lane, args=(root,), name=f"session {n}") for n in range(sessions)]
        try:
            for lane in lanes:
                lane.start()
            self._watch(lanes)
        finally:
            for lane in lanes:
                lane.join()
            self._say()
            for process in self._started:
                process.wait()
            shutil.rmtree(root, ignore_errors=True)

    # --- what clients see and wish

    def _watch(self, lanes: list[threading.Thread]) -> None:
        said = time.monotonic()
        while any(lane.is_alive() for lane in lanes):
            for wish in self.place.wishes():
                self._obey(wish)
            self._started = [process for process in self._started if process.poll() is None]
            if self._changed or time.monotonic() - said > FRESH_S:
                self._say()
                said = time.monotonic()
            with self._change:
                self._change.wait(_LOOK_S)

    def _say(self) -> None:
        with self._change:
            self._changed = False
            try:
                self.place.write(self.standing)
            except FileNotFoundError:
                self._take_all()  # The job was removed: nobody wants anything of it any more.
            except OSError as error:
                LOG.warning("%s can't be written now: %s", self.place.standing, error)

    def _take_all(self) -> None:
        if not self._gone:
            self._gone = True
            self._obey(Wish(cancel=True, running=True))

    def _obey(self, wish: Wish) -> None:
        if wish.launch is not None:
            self._started.append(Start.wished(self.place, wish.launch).process(sys.executable))
        with self._change:
            if wish.held is not None:
                self._hold(wish.held)
            if wish.cancel:
                chunks = self.standing.chunks if wish.chunks is None else wish.chunks
                for chunk in list(chunks):
                    self._cancel(chunk, running=wish.running)
            self._change.notify_all()

    def _hold(self, held: bool) -> None:
        self.standing.held = held
        for chunk, stand in self.standing.chunks.items():
            if stand.state is ChunkState.WAITING:
                self._stands(chunk, Stand(ChunkState.WAITING, "held" if held else ""))

    def _cancel(self, chunk: int, *, running: bool) -> None:
        stand = self.standing.chunks.get(chunk)
        if stand is None:
            return
        if stand.state is ChunkState.WAITING:
            self._stands(chunk, Stand(ChunkState.CANCELLED, "cancelled before it started"))
        elif stand.state is ChunkState.RUNNING and running:
            self._cancelled.add(chunk)
            if chunk in self._runs:
                self._runs[chunk].cancel(chunk, GRACE_S)

    def _stands(self, chunk: int, stand: Stand) -> None:
        self.standing.chunks[chunk] = stand
        self._changed = True

    # --- sessions

    def _lane(self, root: Path) -> None:
        """Runs one session after the other, until no chunk waits."""
        while (chunk := self._take()) is not None:
            self._session(root, chunk)

    def _take(self) -> int | None:
        """Waits for a chunk that may start, and takes it; None where none is left."""
        with self._change:
            while True:
                waiting = [chunk for chunk, stand in self.standing.chunks.items() if stand.state is ChunkState.WAITING]
                if not waiting:
                    return None
                if not self.standing.held:
                    self._stands(waiting[0], Stand(ChunkState.RUNNING, "", self.standing.host))
                    self._change.notify_all()
                    return waiting[0]
                self._change.wait()

    def _session(self, root: Path, first: int) -> None:
        chunk: int | None = first
        run: Run | None = None
        try:
            run = Run(self._bundle, root, self.place)
            failed = run.enter()
            if failed is not None:
                self._no_session(first, failed)
                return
            while chunk is not None:
                self._task(run, chunk)
                chunk = self._take() if run.usable else None
        except Exception as error:  # Whatever a session may come up with: nobody else would say it.
            LOG.exception("a session broke")
            if chunk is not None:
                self._over(chunk, Stand(ChunkState.OVER, f"its session broke: {error}", self.standing.host))
        finally:
            self._close(run)

    def _close(self, run: Run | None) -> None:
        try:
            if run is not None:
                run.close()
        except Exception:  # Its chunks are over; the next session is another one.
            LOG.exception("a session could not be left")

    def _no_session(self, chunk: int, failed: ActionStatus) -> None:
        """No session can be entered, and that would be no different for the next: all that waits ends with this."""
        stand = Stand(ChunkState.OVER, f"the session could not be entered: {why(failed)}", self.standing.host)
        self._over(chunk, stand)
        with self._change:
            for other, known in self.standing.chunks.items():
                if known.state is ChunkState.WAITING:
                    self._stands(other, stand)

    def _task(self, run: Run, chunk: int) -> None:
        with self._change:
            if chunk in self._cancelled:
                self._stands(chunk, Stand(ChunkState.CANCELLED, "cancelled before it started", self.standing.host))
                return
            self._runs[chunk] = run
        status = run.task(chunk)
        cancelled = status.state is ActionState.CANCELED or (chunk in self._cancelled and status.state is not ActionState.SUCCESS)
        self._over(chunk, Stand(ChunkState.CANCELLED if cancelled else ChunkState.OVER, why(status), self.standing.host))

    def _over(self, chunk: int, stand: Stand) -> None:
        with self._change:
            self._runs.pop(chunk, None)
            self._stands(chunk, stand)
            self._change.notify_all()


def main(arguments: list[str]) -> int:
    """Runs a bundle, unless somebody does already."""
    parser = argparse.ArgumentParser(prog="python -m farmfutures.engines.openjd.host")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chunks", type=int, required=True)
    parser.add_argument("--sessions", type=int, required=True)
    parser.add_argument("--held", action="store_true")
    given = parser.parse_args(arguments)
    place = Place(given.folder)
    lock = Lock(place.lock)
    if not lock.take():
        return 0
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s")
    try:
        host = Host(place, Bundle.read(place.bundle), given.chunks, held=given.held)
        place.write(host.standing)
        processes.detach()()
        host.serve(given.sessions)
    except (FarmFuturesError, OSError) as error:
        print(f"farmfutures: {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        lock.release()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
