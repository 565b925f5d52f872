"""Runs chunks, one after the other, in an interpreter that is kept warm: ``python -m farmfutures.engines.dask.serve``.

Started by a worker's `station`, which writes a line for each chunk (the task's name and the arguments of a runner, as JSON) and
reads a line with its exit code. When that worker has gone, so do we, and the interpreter with us. A SIGTERM means to the chunk
that runs what it means to a runner of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import sys
import threading
import time
from typing import BinaryIO

from ...errors import FarmFuturesError
from ...worker import processes
from ...worker.interpreter import Interpreter
from ...worker.runner import LEFT, Runner

UNTRUSTED = 1
LAST_S = 4.0
"""When the worker has gone in the middle of a chunk, so long may pass until the job's folder says what is left."""


class Server:
    """The one that runs them."""

    def __init__(self) -> None:
        self.runner: Runner | None = None
        self.told = 0

    def run(self, folder: str, items: str, interpreter: Interpreter) -> int:
        """Runs a chunk and returns the exit code of a runner."""
        try:
            self.runner = Runner(folder, items, interpreter)
            return self.runner.run()
        except (FarmFuturesError, OSError) as error:
            print(f"{folder} {items}: {error}", file=sys.stderr, flush=True)
            return UNTRUSTED
        finally:
            self.runner = None

    def stop(self, *_: object) -> None:
        """The first time nothing new is to start, the second time nothing is to go on."""
        self.told += 1
        if self.runner is None:
            sys.exit(LEFT)
        self.runner.drain() if self.told == 1 else self.runner.abort()


def main() -> None:
    """Serves until standard input ends."""
    processes.adopt_orphans()
    answers, asked = os.fdopen(os.dup(1), "wb"), os.fdopen(os.dup(0), "rb")
    os.dup2(2, 1)  # Whatever prints is not to be taken for an answer.
    server = Server()
    signal.signal(signal.SIGTERM, server.stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    with Interpreter() as interpreter:
        threading.Thread(target=_listen, args=(asked, requests, server), daemon=True).start()
        while line := requests.get():
            os.environ["FARMFUTURES_ENGINE_ID"], folder, _, items = json.loads(line)
            server.told = 0
            code = server.run(folder, items, interpreter)
            with contextlib.suppress(BrokenPipeError):
                answers.write(b"%d\n" % code)
                answers.flush()


def _listen(asked: BinaryIO, requests: queue.SimpleQueue[bytes], server: Server) -> None:
    """Reads on while a chunk runs, so that the end of the worker is noticed."""
    for line in asked:
        requests.put(line)
    requests.put(b"")
    runner = server.runner
    if runner is not None:
        runner.abort()
        time.sleep(LAST_S)
        os._exit(LEFT)  # The interpreter's supervisor ends it as soon as we are gone.


if __name__ == "__main__":
    main()
