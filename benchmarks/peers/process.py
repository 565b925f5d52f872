"""A new interpreter for every item, as qbfutures' farms had it."""

from __future__ import annotations

import concurrent.futures
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ..model import Pending
from .pools import ExecutorPeer

_CODE = """
import pickle, sys, time
time.sleep({start_up_s})
function, args = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps(function(*args)))
"""


class ProcessEach(ExecutorPeer):
    """So many interpreters at a time, each for one item."""

    name: ClassVar[str] = "process"
    title: ClassVar[str] = "a process per item"
    module: ClassVar[str] = "subprocess"

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Makes the threads that wait for the interpreters."""
        self.code = _CODE.format(start_up_s=start_up_s)
        self.executor = concurrent.futures.ThreadPoolExecutor(workers)

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Pending:
        """Hands over one call."""
        pending: Pending = self.executor.submit(self._run, function, args)
        return pending

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], chunk: int | None) -> Sequence[Any]:
        """Runs a call for each item."""
        return [pending.result() for pending in [self.submit(function, item) for item in items]]

    def _run(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        call = pickle.dumps((function, args))
        done = subprocess.run([sys.executable, "-c", self.code], input=call, stdout=subprocess.PIPE, env=os.environ, check=True)
        return pickle.loads(done.stdout)
