"""Owns one interpreter: starts it, watches the process, kills what must be killed, sweeps up behind it.

Started as ``python -m farmfutures.worker.supervisor CONTROL DATA`` by its owner: the broker, or a runner. Work goes between
that and the child directly; the supervisor hears from it only to revoke, to kill or to let go. Its control socket closes
when the owner dies, and then everything of ours goes.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from . import channel, logs, memory, processes, stage
from .page import Current, Page
from .spawn import PID

_TICK_S = 0.25
"""How often the clock of a timed item is looked at, and a long log is cut."""


_KILLED = frozenset({-9, 137})
"""SIGKILL, and how a shell script around an interpreter passes that on."""


class Supervisor:
    """One interpreter's owner; `config` is the broker's first message."""

    def __init__(self, control: channel.Channel, config: dict[str, Any]) -> None:
        self.control = control
        self.config = config
        self.folder = Path(config["folder"])
        self.page = Page(self.folder / "page", create=True)
        self.reason = ""
        self.dead = False
        self.leave_by = float("inf")
        self.running_s = self.step_s = time.monotonic()
        self.step = stage.FIRST, 0
        self.process: subprocess.Popen[bytes]

    # --- the interpreter

    def start(self, data: socket.socket) -> None:
        """Starts the interpreter. In the main thread: on Linux a child dies with the thread that started it."""
        scratch = os.open(self.folder / logs.SCRATCH, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        launch = self.config["launch"]
        command = [*launch["interpreter"], "-m", "farmfutures.worker.child", str(data.fileno()), str(self.folder)]
        self.step_s = time.monotonic()
        try:
            self.process = processes.start(
                command, stdout=scratch, stderr=scratch, env=self.config["env"], **channel.to_inherit(data)
            )
        finally:
            os.close(scratch)
            data.close()
        processes.keep(self.process.pid)
        self.memory = memory.Watch(self.process.pid)
        (self.folder / PID).write_text(f"{self.process.pid} {processes.started(self.process.pid)}")
        threading.Thread(target=self._reap, daemon=True).start()

    def _reap(self) -> None:
        """Waits for the interpreter's end, and says who was running and with what last words."""
        code = self.process.wait()
        starved = code in _KILLED and not self.reason and self.memory.killed_some()
        processes.sweep(spare=[self.process.pid])
        now = self.page.current()
        tail = logs.tail(self.folder / logs.SCRATCH)
        logged = bool(now.started_s) and self._keep_log(now)
        self.dead = True
        how = processes.describe_exit(code)
        step, _ = stage.read(self.folder) or (None, 0)
        launch = (step or stage.FIRST).died(how, silent=not tail.strip())
        self.say("died", {
            "code": code, "exit": how, "tail": tail, "g": now.grant if now.started_s else 0,
            "o": now.ordinal, "started": now.started_s, "reason": self.reason, "logged": logged,
            "doing": step.doing if step else "", "launch": launch,
            "memory": starved, "peak": memory.peak_bytes(),
        })  # fmt: skip
        self.control.socket.shutdown(socket.SHUT_RD)  # Wakes the main thread.

    def say(self, kind: str, header: dict[str, Any]) -> None:
        """Tells the broker."""
        header["k"] = kind
        try:
            self.control.write(channel.pack_message(header))
        except OSError:
            pass  # It is gone, which ends us anyway.

    def _keep_log(self, now: Current) -> bool:
        scratch = self.folder / logs.SCRATCH
        path = logs.item_log(self.config["logs"], now.job, now.work, now.attempt)
        try:
            logs.cap(scratch, self.config["log_limit"])
            if not scratch.stat().st_size or path.exists():
                return False
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(scratch, path)
        except OSError:
            return False
        return True

    # --- what the broker says

    def serve(self) -> None:
        """Obeys until the interpreter is gone; takes it along when the broker is."""
        while True:
            self.control.socket.settimeout(self._tick())
            try:
                message = self.control.read()
            except TimeoutError:
                continue
            if message is None:
                break
            self._obey(message[0])
        if not self.dead:
            take_along()
        processes.sweep(spare=[self.process.pid])
        if stage.TEMP_VARIABLE in self.config["env"]:  # Whoever made it may have been killed.
            shutil.rmtree(self.config["env"][stage.TEMP_VARIABLE], ignore_errors=True)

    def _obey(self, header: dict[str, Any]) -> None:
        kind = header["k"]
        if kind == "revoke":
            self._revoke(header["g"])
        elif kind == "kill":
            now = self.page.current()
            if (now.grant, now.ordinal) == (header["g"], header["o"]) and now.started_s:
                self._kill(header["reason"])
        elif kind == "serve":
            self.config.update(header["config"])
        elif kind == "leave":
            self.leave_by = time.monotonic() + self.config["goodbye_s"]

    def _revoke(self, grant: int) -> None:
        """Hands back what has not started of this grant and of those before it."""
        self.page.revoke(grant)
        time.sleep(0.001)  # So that an item which began before the revocation is seen on the page; see page.py.
        now = self.page.current()
        self.say("back", {"g": now.grant, "o": now.ordinal + 1, "upto": grant})

    def _kill(self, reason: str) -> None:
        self.reason = self.reason or reason
        processes.kill_tree(self.process.pid)

    def _tick(self) -> float:
        """Looks at the clocks; returns for how many seconds it need not be done again."""
        now = time.monotonic()
        if not self.page.ready:
            self._look_whether_it_comes_on(now)
        if now > self.leave_by:
            self._kill("it hung while it was leaving")
        self._look_whether_stopped(now)
        current = self.page.current()
        if not current.started_s:
            return _TICK_S
        logs.cap(self.folder / logs.SCRATCH, self.config["log_limit"])
        self.memory.look()
        return self._time(current) if current.limit_s else _TICK_S

    def _look_whether_it_comes_on(self, now: float) -> None:
        """Each step of getting ready has its own limit: a scene may take longer to open than an interpreter to start."""
        step = stage.read(self.folder) or (stage.FIRST, 0)
        if step != self.step:
            self.step, self.step_s = step, now
        limit_s = step[0].limit_s or self.config["start_timeout_s"]
        if now - self.step_s > limit_s:
            self._kill(step[0].hung(limit_s))

    def _look_whether_stopped(self, now: float) -> None:
        if not processes.is_stopped(self.process.pid):
            self.running_s = now
        elif now - self.running_s > processes.LEASE_S:
            self._kill("stopped")

    def _time(self, current: Current) -> float:
        """Kills an item that is over its limit. The page's clock is the wall's; what passed is measured by our own."""
        key = current.grant, current.ordinal, current.limit_s
        if self.timed[0] != key:
            self.timed = key, time.monotonic()
        left = self.timed[1] + current.limit_s - time.monotonic()
        if left <= 0:
            self._kill(f"timeout {current.limit_s:g}")
        return min(_TICK_S, max(left, 0.01))

    timed: tuple[tuple[int, int, float], float] = ((0, 0, 0.0), 0.0)


def take_along() -> None:
    """The broker is dead: everything below us goes, then we do."""
    for pid in processes.descendants(os.getpid()):
        processes.kill(pid)
    processes.sweep()


def main(arguments: list[str]) -> None:
    """Runs a supervisor on the sockets that it inherited: control, and the data pair's end for the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    processes.adopt_orphans()
    control, data = channel.Channel(int(arguments[0])), socket.socket(fileno=int(arguments[1]))
    first = control.read()
    if first is None:
        return
    supervisor = Supervisor(control, first[0])
    try:
        supervisor.start(data)
    except OSError as error:
        text = f"{first[0]['launch']['interpreter'][0]} can't be started: {error.strerror}"
        supervisor.say("failed", {"text": text})
        return
    supervisor.serve()


if __name__ == "__main__":
    main(sys.argv[1:])
