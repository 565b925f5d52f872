"""The client's listening thread: resolves futures, and brings the broker back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import EngineError, EngineUnavailableError
from ...job import STATES
from ...worker.logs import tail
from . import wire
from .lock import is_held
from .schema import item_key

if TYPE_CHECKING:
    from .client import LocalEngine

_LOOK_S = 0.5
_AGAIN = 2
_WATCHED = 50_000
"""So many jobs in one message: large ones are refused."""

_DONE = frozenset(code for code, state in enumerate(STATES) if state.done)


class Listener(threading.Thread):
    """Listens until it is stopped."""

    def __init__(self, engine: LocalEngine, line: wire.Line) -> None:
        super().__init__(name="farmfutures-listener", daemon=True)
        self.engine = engine
        self.line = line
        self.stopping = False
        self._deaths = 0
        """How often the broker died since it said something."""
        self.last: Callable[[], None] | None = None
        """What is left to do at the end, where somebody closed the engine on this thread."""
        self._leases: set[int] = set()

    def stop(self) -> None:
        """Ends the thread, and waits for that."""
        self.stopping = True
        self.line.wake()
        self.join()

    def run(self) -> None:
        """The thread's life."""
        self._hello(lease=True)
        while not self.stopping:
            messages = self.line.receive(_LOOK_S)
            for message in messages or ():
                self._deaths = 0
                self._take(*message)
            if not messages and self._wanted() and (messages is None or not is_held(self.engine.folder.lock)):
                self._bring_back()
        if self.last is not None:
            self.last()

    def _wanted(self) -> bool:
        return bool(self.engine.futures or self.engine.asked or not self.engine.granted.is_set())

    def _hello(self, *, lease: bool) -> None:
        header = {"client": self.engine.client, "version": wire.VERSION, "journals": self.engine.journals(), "lease": lease}
        self.line.hello(wire.pack("hello", header))

    def _bring_back(self) -> None:
        """The broker is gone and somebody waits: start it again and take up where it was."""
        self._deaths += 1
        if self._deaths > _AGAIN:
            if not self.engine.welcomed.is_set():
                self.engine.fail(EngineUnavailableError(self._says(f"the broker died {_AGAIN} times when it was greeted")))
                return
            self.line.receive(_LOOK_S)  # It dies at once, again and again: not as fast as we can.
        try:
            line = self.engine.find_line(start=True)
        except (EngineError, OSError) as error:
            # Tried again at the next look. Futures stay as they are; who asks something, or waits to be let in, is told at once.
            if not self.engine.welcomed.is_set():
                self.engine.fail(error if isinstance(error, EngineUnavailableError) else EngineUnavailableError(str(error)))
            for reply in list(self.engine.replies.values()):
                if not reply.done():
                    reply.set_exception(error)
            return
        assert line is not None
        self.line = line
        self.engine.reconnect(line)
        self._hello(lease=not self.engine.granted.is_set())
        with self.engine.lock:
            jobs = sorted({future.job_id for future in list(self.engine.futures.values()) if future.job_id is not None})
        for start in range(0, len(jobs), _WATCHED):
            self.line.send(wire.pack("watch", {"jobs": jobs[start : start + _WATCHED]}))
        for header in list(self.engine.asked.values()):
            self._ask_again(header)

    def _ask_again(self, header: dict[str, Any]) -> None:
        header["again"] = header.get("again", 0) + 1
        reply = self.engine.replies.get(header["req"])
        if header["again"] <= _AGAIN:
            self.line.send(wire.pack("request", {**header}))
        elif reply is not None and not reply.done():
            what = f"the broker died {_AGAIN} times while it was asked for {header['op']!r}"
            reply.set_exception(EngineUnavailableError(self._says(what)))

    def _says(self, what: str) -> str:
        log = self.engine.folder.broker_log
        return f"{what}. The last lines of {log}:\n{tail(log)}"

    def _take(self, kind: str, header: dict[str, Any], blob: bytes) -> None:
        if kind == "note":
            self._note(header, blob)
        elif kind == "progress":
            key = item_key(header["j"], header["w"])
            for future in (self.engine.futures.get(key), *self.engine.more.get(key, ())):
                if future is not None:
                    future._progress(header["said"])
        elif kind in ("welcome", "block"):
            self._lease(header)
        elif kind == "reply":
            self._reply(header, blob)

    def _lease(self, header: dict[str, Any]) -> None:
        first, count = header.get("first", 0), header.get("count", 0)
        with self.engine.lock:
            if count and first not in self._leases:  # The same message again would give every id out twice.
                self._leases.add(first)
                self.engine.ids.append(range(first, first + count))
        self.engine.granted.set()
        self.engine.welcomed.set()

    def _reply(self, header: dict[str, Any], blob: bytes) -> None:
        reply = self.engine.replies.get(header["req"])
        if reply is not None and not reply.done():
            error = header.get("error")
            value = header.get("value")
            reply.set_result((error[0], error[1]) if error else (None, blob if value is None and blob else value))

    def _note(self, header: dict[str, Any], blob: bytes) -> None:
        columns = zip(header["i"], header["s"], header["a"], wire.split(blob, header["n"]), strict=True)
        files, futures, more = header["f"], self.engine.futures, self.engine.more
        for place, (key, state, attempt, payload) in enumerate(columns):
            name = STATES[state]
            done = state in _DONE
            future = futures.pop(key, None) if done else futures.get(key)
            if future is None:
                continue
            path = self.engine.folder.blob(files[str(place)]) if files and str(place) in files else None
            others = (more.pop(key, ()) if done else more.get(key, ())) if more else ()
            for one in (future, *others):
                if done:
                    one._resolve(name, attempt, payload, path)
                else:
                    one._moved(name, attempt)
