"""Runs inside the interpreter, on its main thread: makes it ready, then runs one call after another.

Started as ``python -m farmfutures.worker.child DATA FOLDER``, never by file path: the folder of this file has a
``maya.py`` above it that would hide Maya's own.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import gc
import io
import os
import signal
import socket
import sys
import threading
import time
import traceback
import types
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import call as calls
from ..errors import BootstrapError, ResultError
from ..pieces import Pieces, save
from . import channel, context, processes, stage
from .logs import SCRATCH, Log, item_log
from .page import Page

GOODBYE_S = 10.0
"""A bootstrap's goodbye and ``atexit`` may take so long; Maya is known to hang there."""

_REMEMBERED = 64
"""So many bundles are known again; the broker has two on the way."""

_LEVELS = ("FARMFUTURES_LEVEL", "QBLVL")


class Child:
    """One interpreter's life."""

    def __init__(self, data: channel.Channel, folder: Path) -> None:
        self.data = data
        self.page = Page(folder / "page")
        self.log = Log(folder / SCRATCH)
        self.config: dict[str, Any] = {}
        self.settings: dict[str, Any] = {}
        self.hooks = context.Hooks()
        self.level = 0

    def live(self) -> None:
        """Gets ready, then runs what comes down until the broker closes its end."""
        run = self.data.read()
        if run is None:
            return
        self.config = run[0]
        try:
            self._prepare()
        except BaseException as error:
            self._fail(error)
            return
        self.page.be_ready()
        self.data.write(channel.pack_record(channel.READY, os.getpid()))
        seen: deque[int] = deque(maxlen=_REMEMBERED)
        while (run := self.data.read()) is not None:
            self.config.update(run[0].get("serve", ()))
            grant = run[0].get("g")
            if grant is not None and grant not in seen:  # What is handed over twice runs once.
                seen.append(grant)
                self._run(*run)

    def _prepare(self) -> None:
        # As empty a __main__ as can be: what the caller's __main__ holds comes by value.
        sys.modules["__main__"] = types.ModuleType("__main__")
        known = set(sys.path)
        sys.path.extend(path for path in self.config["sys_path"] if path not in known)
        if self.config["cwd"]:
            _enter(self.config["cwd"])
        if self.config.get("path_rules"):
            from ..path_mapping import PathMapping

            context.on_arguments(PathMapping(tuple(self.config["path_rules"])).arguments)
        stage.enter(stage.BOOTSTRAP)
        self._bootstrap(self.config["settings"])
        if self.config["preflight"]:
            stage.enter(stage.PREFLIGHT)
        for name in self.config["preflight"]:
            calls.resolve(name)()
        stage.leave()

    def _bootstrap(self, settings: dict[str, Any]) -> None:
        if self.config["bootstrap"]:
            hooks = calls.resolve(self.config["bootstrap"])(settings)
            if isinstance(hooks, context.Hooks):
                self.hooks = hooks
            elif callable(hooks):
                self.hooks = context.Hooks(hooks)
        self.settings = settings

    def _fail(self, error: BaseException) -> None:
        traceback.print_exception(error)
        self.log.flush()
        permanent = isinstance(error, (BootstrapError, ImportError, AttributeError))
        text = str(error) if isinstance(error, BootstrapError) else f"{type(error).__name__}: {error}"
        self.data.write(channel.pack_record(channel.FAILED, flags=channel.ERROR if permanent else 0, payload=text.encode()))

    def _run(self, header: dict[str, Any], blob: memoryview) -> None:
        grant, at, limits, extras = header["g"], 0, header["t"], header["x"]
        columns = zip(header["j"], header["w"], header["a"], header["n"], strict=True)
        for ordinal, (job, work, attempt, size) in enumerate(columns):
            started = time.time()
            limit = limits.get(str(ordinal), 0.0) if limits else 0.0
            slack = self.hooks.before_item_s if limit else 0.0
            if not self.page.begin((grant, ordinal, started, limit + slack, job, work, attempt)):
                self.data.write(channel.pack_record(channel.STOPPED, grant, ordinal))
                break
            if (level := header["l"][ordinal]) != self.level:
                self._set_level(level)
            extra = extras.get(str(ordinal)) if extras else None
            context.set_ids((job, work))
            failed, data = self._call(grant, ordinal, blob[at : at + size], extra, limit)
            self._finish(grant, ordinal, started, failed, data, (job, work, attempt))
            at += size
        self.page.idle()
        context.set_ids(None)

    def _set_level(self, level: int) -> None:
        self.level = level
        for name in _LEVELS:
            os.environ[name] = str(level)

    def _call(
        self, grant: int, ordinal: int, data: memoryview, extra: dict[str, Any] | None, limit: float
    ) -> tuple[bool, bytes | Pieces]:
        context.on_progress(lambda *said: self._say(grant, ordinal, said))
        try:
            if extra or self.hooks.before_item or self.settings is not self.config["settings"]:
                with self._surroundings(extra or {}, limit):
                    return False, calls.pack_result(self._invoke(data, extra or {}))
            return False, calls.pack_result(self._invoke(data, None))
        except BaseException as error:
            error.__traceback__ = _without_our_frames(error)
            for text in context.remarks():
                error.add_note(text)
            if not isinstance(error, ResultError):
                traceback.print_exception(error)
            return True, calls.pack_exception(error)
        finally:
            context.on_progress(None)

    def _invoke(self, data: memoryview, extra: dict[str, Any] | None) -> Any:
        try:
            if extra and "call_file" in extra:
                function, args, kwargs = calls.load_call(Path(self.config["blobs"]) / extra["call_file"])
            else:
                function, args, kwargs = calls.unpack_call(data)
            args, kwargs = context.arguments(args, kwargs)
            if isinstance(function, calls.ByName):
                function = calls.resolve(function.name)
        except ImportError as error:
            error.add_note(
                f"The worker ({sys.executable}) could not import what the call needs. Make it importable there: give the "
                "folder that holds it as sys_path=[...], or install it for that interpreter."
            )
            raise
        return function(*args, **kwargs)

    @contextlib.contextmanager
    def _surroundings(self, extra: dict[str, Any], limit: float) -> Iterator[None]:
        """What differs for one item: other settings (another scene), more environment; and what the one before changed."""
        wanted = {**self.config["settings"], **extra["settings"]} if extra.get("settings") else self.config["settings"]
        if wanted is not self.settings and wanted != self.settings:
            try:
                self._bootstrap(wanted)
            finally:
                stage.leave()
        elif self.hooks.before_item:
            self.hooks.before_item()
        if limit and self.hooks.before_item_s:
            self.page.limit(limit)
        if not extra.get("env"):
            yield
            return
        before = dict(os.environ)
        os.environ.update(extra["env"])
        try:
            yield
        finally:
            _restore_environ(before)

    def _say(self, grant: int, ordinal: int, said: tuple[float, float | None, str]) -> None:
        payload = repr_json(said)
        self.data.write(channel.pack_record(channel.PROGRESS, grant, ordinal, payload=payload))

    def _finish(
        self, grant: int, ordinal: int, started: float, failed: bool, data: bytes | Pieces, ids: tuple[int, int, int]
    ) -> None:  # fmt: skip
        flags = channel.ERROR if failed else 0
        if len(data) > self.config["inline_limit"]:
            flags, data = self._to_file(flags, data, ids)
        if self.log.take(lambda: item_log(self.config["logs"], *ids), self.config["log_limit"]):
            flags |= channel.LOGGED
        if self.config["memory_mark"] and processes.memory_bytes() > self.config["memory_mark"]:
            flags |= channel.HEAVY
        self.data.write(channel.pack_record(channel.OUTCOME, grant, ordinal, flags, started, time.time(), bytes(data)))

    def _to_file(self, flags: int, data: bytes | Pieces, ids: tuple[int, int, int]) -> tuple[int, bytes]:
        """Large outcomes go by file: neither the pipe nor the broker ever holds them."""
        name = "{}.{}.{}.outcome".format(*ids)
        path = Path(self.config["blobs"]) / name
        try:
            save(path, data)
        except OSError as error:
            message = f"the result ({len(data)} bytes) could not be written to {path}: {error.strerror}. Free some space."
            return channel.ERROR, calls.pack_exception(ResultError(message))
        return flags | channel.IN_FILE, name.encode()

    def leave(self) -> None:
        """Runs goodbye and atexit, bounded, and ends the process: destructors of a Maya at exit crash and hang."""
        threading.Thread(target=_end_later, daemon=True).start()
        for last in (self.hooks.goodbye, atexit._run_exitfuncs, gc.collect, self.log.flush):
            with contextlib.suppress(BaseException):
                if last is not None:
                    last()
        os._exit(0)


def repr_json(said: tuple[float, float | None, str]) -> bytes:
    """Packs what `progress` was told; anything odd becomes text rather than an error in the user's call."""
    import json

    return json.dumps(said, default=str).encode()


def _enter(folder: str) -> None:
    try:
        os.chdir(folder)
    except OSError as error:
        raise BootstrapError(
            f"the current folder of the job, {folder}, can't be entered on {socket.gethostname()}: {error.strerror}. Name one "
            "that is there as cwd=, or submit from one."
        ) from error


def _end_later() -> None:
    time.sleep(GOODBYE_S)
    os.write(2, b"farmfutures: goodbye and atexit did not end within %d s, so the process is ended.\n" % GOODBYE_S)
    os._exit(1)


def _restore_environ(before: dict[str, str]) -> None:
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update(before)


def _without_our_frames(error: BaseException) -> types.TracebackType | None:
    """Cuts this file's frames off, so that the traceback starts at the caller's function."""
    start = error.__traceback__
    while start is not None and start.tb_frame.f_code.co_filename == __file__:
        start = start.tb_next
    return start if start is not None else error.__traceback__


def _step_back() -> None:
    """Puts the folder that we came from last: it may be a whole ``site-packages``, and that of another Python."""
    folder = str(Path(__file__).resolve().parents[2])
    if folder in sys.path:
        sys.path.remove(folder)
        sys.path.append(folder)


def main(arguments: list[str]) -> None:
    """Runs the child of the supervisor that gave these arguments."""
    number, folder = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    processes.die_with_parent()
    _step_back()
    child = Child(channel.Channel(int(number)), Path(folder))
    faulthandler.enable(file=2)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # A log reads in the order in which things were printed.
    child.live()
    child.leave()


if __name__ == "__main__":
    main(sys.argv[1:])
