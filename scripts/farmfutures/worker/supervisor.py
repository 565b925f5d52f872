"""Owns one interpreter: starts it, feeds it work items, watches the process, kills what must be killed.

Four threads, each a pump or a watchman, so that nothing in here polls pipes (Windows can't):

    main    broker -> child: runs, revocations, kills; the clocks of timed items
    up      child -> broker: outcomes, bundled as they come
    watch   standard input: it closes when the broker dies, and then everything of ours goes
    reap    the interpreter's process: when it ends, what it left behind is swept

The child never talks to the broker and needs nothing but the standard library (and cloudpickle for functions by value).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import zmq

from ..engines.local import wire
from ..engines.local.folder import Folder
from . import logs, pipe, processes
from .page import Page

_TICK_S = 0.05
"""How often the clock of a timed item is looked at, and a long log is cut."""


class Supervisor:
    """One interpreter's owner; `config` is what the broker wrote to standard input."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.id: int = config["worker"]
        self.folder = Path(config["folder"])
        self.page = Page(self.folder / "page", create=True)
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        door = wire.Door(Folder(Path(config["state"])), "auto")
        self.down = wire.dealer(self.context, b"D%d" % self.id)
        self.up = wire.dealer(self.context, b"U%d" % self.id)
        for socket in (self.down, self.up):
            door.connect(socket, config["endpoint"])
        self.runs: dict[int, dict[str, Any]] = {}
        self.reason = ""
        self.dead = threading.Event()
        self.ready = False
        self.process: subprocess.Popen[bytes]
        self.to_child = -1

    # --- the interpreter

    def start(self) -> None:
        """Starts the interpreter. In the main thread: on Linux a child dies with the thread that started it."""
        child_in, self.to_child = os.pipe()
        from_child, child_out = os.pipe()
        scratch = os.open(self.folder / logs.SCRATCH, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        ends = [pipe.to_inherit(child_in), pipe.to_inherit(child_out)]
        launch = self.config["launch"]
        command = [*launch["interpreter"], "-m", "farmfutures.worker.child", *map(str, ends), str(self.folder)]
        self.began_s = time.monotonic()
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=scratch, stderr=scratch, env=self.config["env"], **_inherit(ends)
            )
        finally:
            for file in (child_in, child_out, scratch):
                os.close(file)
        processes.keep(self.process.pid)
        (self.folder / "pid").write_text(f"{self.process.pid} {processes.started(self.process.pid)}")
        pipe.write_run(self.to_child, self.config["child"], b"")
        for target in (lambda: self._pump(from_child), self._reap):
            threading.Thread(target=target, daemon=True).start()

    def _reap(self) -> None:
        self.process.wait()
        # What it left behind may hold its end of the pipe open, and the pump waits for that to close.
        processes.sweep(spare=[self.process.pid])

    # --- up

    def _pump(self, from_child: int) -> None:
        records = pipe.Records(from_child)
        while (found := records.read()) is not None:
            self._forward(found)
        os.close(from_child)
        self._died()

    def _forward(self, found: list[pipe.Record]) -> None:
        outcomes = [record for record in found if record.kind == pipe.OUTCOME]
        if outcomes:
            self._send("done", _columns(outcomes), [record.payload for record in outcomes])
        for record in found:
            if record.kind != pipe.OUTCOME:
                self._forward_other(record)
        for record in outcomes:
            self._note_over(record.grant, record.ordinal)

    def _forward_other(self, record: pipe.Record) -> None:
        if record.kind == pipe.READY:
            self.ready = True
            self._send("ready", {"pid": self.process.pid, "took": time.monotonic() - self.began_s})
        elif record.kind == pipe.PROGRESS:
            self._send("progress", {"g": record.grant, "o": record.ordinal, "said": json.loads(record.payload)})
        elif record.kind == pipe.STOPPED:
            self._send("back", {"g": record.grant, "o": record.ordinal})
            self.runs.pop(record.grant, None)
        elif record.kind == pipe.FAILED:
            self.reason = record.payload.decode()
            self._send("failed", {"permanent": bool(record.flags), "text": self.reason, "tail": self._tail()})

    def _note_over(self, grant: int, ordinal: int) -> None:
        run = self.runs.get(grant)
        if run is not None and ordinal + 1 == len(run["j"]):
            self.runs.pop(grant, None)

    def _send(self, kind: str, header: dict[str, Any], blobs: list[bytes] | None = None) -> None:
        header["worker"] = self.id
        self.up.send_multipart(wire.pack(kind, header, blobs or ()), copy=False)

    def _tail(self) -> str:
        return logs.tail(self.folder / logs.SCRATCH)

    def _died(self) -> None:
        """The interpreter is gone: says who was running, and with what last words."""
        code = self.process.wait()
        processes.sweep(spare=[self.process.pid])
        now = self.page.current()
        tail, logged = self._tail(), False
        run = self.runs.get(now.grant)
        if run is not None:
            logged = self._keep_log(run, now.ordinal)
        self._send("died", {
            "code": code, "exit": processes.describe_exit(code), "tail": tail, "g": now.grant if run else 0, "o": now.ordinal,
            "started": now.started_s, "reason": self.reason, "ready": self.ready, "logged": logged,
        })  # fmt: skip
        self.up.close()
        self.dead.set()

    def _keep_log(self, run: dict[str, Any], ordinal: int) -> bool:
        scratch = self.folder / logs.SCRATCH
        ids = run["j"][ordinal], run["w"][ordinal], run["a"][ordinal]
        path = logs.item_log(self.config["child"]["logs"], *ids)
        try:
            logs.cap(scratch, self.config["log_limit"])
            if not scratch.stat().st_size:
                return False
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(scratch, path)
        except OSError:
            return False
        return True

    # --- down

    def serve(self) -> None:
        """Carries out what the broker says until the interpreter is gone."""
        while not self.dead.is_set():
            if self.down.poll(int(_TICK_S * 1000) if self._must_tick() else 200):
                self._obey(*wire.unpack(self.down.recv_multipart()))
            self._tick()

    def _must_tick(self) -> bool:
        return bool(self.runs) or not self.ready

    def _obey(self, kind: str, header: dict[str, Any], blob: bytes) -> None:
        if kind == "run":
            self.runs[header["g"]] = header
            self._to_child(header, blob)
        elif kind == "revoke":
            self._revoke(header["g"])
        elif kind == "kill":
            self._kill_item(header)
        elif kind == "leave":
            self._leave()

    def _to_child(self, header: dict[str, Any], blob: bytes) -> None:
        try:
            pipe.write_run(self.to_child, header, blob)
        except OSError:
            pass  # It is dying; the pump will say so, and what it had comes back with that.

    def _revoke(self, grant: int) -> None:
        """Hands back what has not started of this grant and of those after it."""
        self.page.revoke(max([grant, *self.runs]))
        time.sleep(0.001)  # So that an item which began before the revocation is seen on the page; see page.py.
        now = self.page.current()
        for number in [number for number in self.runs if number >= grant]:
            self._send_down("back", {"g": number, "o": now.ordinal + 1 if number == now.grant else 0})

    def _send_down(self, kind: str, header: dict[str, Any]) -> None:
        # From this thread's own socket: sockets are not shared between threads.
        header["worker"] = self.id
        self.down.send_multipart(wire.pack(kind, header))

    def _kill_item(self, header: dict[str, Any]) -> None:
        now = self.page.current()
        if header.get("g") is None or (now.grant, now.ordinal) == (header["g"], header["o"]):
            self._kill(header["reason"])

    def _kill(self, reason: str) -> None:
        self.reason = self.reason or reason
        processes.kill_tree(self.process.pid)

    def _leave(self) -> None:
        """No more work: the child says goodbye by itself, and is killed where it hangs there."""
        os.close(self.to_child)
        self.to_child = -1
        self.leave_by = time.monotonic() + self.config["goodbye_s"]

    leave_by = float("inf")

    def _tick(self) -> None:
        now = time.monotonic()
        if not self.ready and now - self.began_s > self.config["start_timeout_s"]:
            self._kill(f"it was not ready after {self.config['start_timeout_s']:g} s")
        if now > self.leave_by:
            self._kill("it hung while it was leaving")
        current = self.page.current()
        run = self.runs.get(current.grant)
        if run is not None:
            limit = run["t"].get(str(current.ordinal))
            if limit is not None and time.time() - current.started_s > limit:
                self._kill(f"timeout {limit:g}")
            logs.cap(self.folder / logs.SCRATCH, self.config["log_limit"])

    def finish(self) -> None:
        """Ends what is left and goes."""
        processes.sweep(spare=[self.process.pid])
        self.down.close()
        self.context.term()


def _columns(outcomes: list[pipe.Record]) -> dict[str, Any]:
    return {
        "g": [record.grant for record in outcomes],
        "o": [record.ordinal for record in outcomes],
        "f": [record.flags for record in outcomes],
        "s": [record.started_s for record in outcomes],
        "e": [record.finished_s for record in outcomes],
        "n": [len(record.payload) for record in outcomes],
    }


def _inherit(ends: list[int]) -> dict[str, Any]:
    if sys.platform == "win32":
        info = subprocess.STARTUPINFO(lpAttributeList={"handle_list": ends})
        return {"startupinfo": info, "close_fds": True}
    return {"pass_fds": ends}


def _watch_broker() -> None:
    """Waits until standard input closes, which is when the broker dies, and takes everything along."""
    while os.read(0, 1024):
        pass
    for pid in processes.descendants(os.getpid()):
        processes.kill(pid)
    processes.sweep()
    os._exit(0)


def _first_line() -> bytes:
    """Reads up to the line's end and no further: what comes behind is read without a buffer."""
    line = b""
    while not line.endswith(b"\n") and (part := os.read(0, 1 << 16)):
        line += part
    return line


def main() -> None:
    """Runs the supervisor that is described on standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    processes.adopt_orphans()
    config = json.loads(_first_line())
    threading.Thread(target=_watch_broker, daemon=True).start()
    supervisor = Supervisor(config)
    try:
        supervisor.start()
    except OSError as error:
        text = f"{config['launch']['interpreter'][0]} can't be started: {error.strerror}"
        supervisor._send("failed", {"permanent": True, "text": text, "tail": ""})
        supervisor.up.close()
        supervisor.down.close()
        supervisor.context.term()
        return
    supervisor.serve()
    supervisor.finish()


if __name__ == "__main__":
    main()
