"""A process that runs chunks, as the Dask worker sees it: one command line, or a server that keeps an interpreter warm."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence

from ...worker import processes

WORKER = ("-m", "farmfutures.worker")
SERVER = ("-m", "farmfutures.engines.dask.serve")


def is_kept(command: Sequence[str]) -> bool:
    """Whether a server can run it: it is a runner of ours. Any other command line is a process of its own."""
    return tuple(command[1:3]) == WORKER


class Runner:
    """A process.

    Args:
        command: The first command line that it is to run.
        env: Variables that it needs.

    Attributes:
        kind: What is the same for command lines that one server can run.
        kept: Whether it is a server.
        job: The job that it ran last: its interpreter fits that.
    """

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.kind = kind(command, env)
        self.kept = is_kept(command)
        started = [command[0], *SERVER] if self.kept else list(command)
        self.job = ""
        # What it complains of goes to the worker's log.
        self.process = subprocess.Popen(
            started, env={**os.environ, **env}, stdin=subprocess.PIPE if self.kept else subprocess.DEVNULL,
            stdout=subprocess.PIPE if self.kept else subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def run(self, key: str, command: Sequence[str]) -> tuple[int, str]:
        """Runs the command line of a task to its end; returns its exit code, and how it ended in words."""
        code = self._ask(key, command) if self.kept else self.process.wait()
        if code is None:
            code = self.process.wait()
        return code, f"its runner {processes.describe_exit(code)}"

    def _ask(self, key: str, command: Sequence[str]) -> int | None:
        """Has the server run it; returns None where the server has ended instead."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.job = command[3]
        try:
            self.process.stdin.write(json.dumps([key, *command[3:]]).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            return None
        answer = self.process.stdout.readline()
        return int(answer) if answer.endswith(b"\n") else None

    @property
    def usable(self) -> bool:
        """Whether another command line may be given to it."""
        return self.kept and self.process.poll() is None

    def stop(self) -> None:
        """Asks it to start nothing new; what it has begun may end. One that can't be asked is ended."""
        if self.kept and self.process.poll() is None:
            self.process.terminate()
        else:
            self.kill()

    def kill(self) -> None:
        """Ends it and all that it started."""
        if self.process.poll() is None:
            processes.kill_tree(self.process.pid)

    def ends_by(self, deadline: float) -> bool:
        """Whether it ends until then, in seconds of the monotonic clock."""
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return False
        return True

    def leave(self, limit_s: float) -> None:
        """Lets one that has no work go; ends it after so many seconds."""
        if self.process.stdin is not None:
            try:
                self.process.stdin.close()
            except OSError:
                pass  # It has gone already.
        try:
            self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def kind(command: Sequence[str], env: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Returns what is the same for command lines that one server can run."""
    return command[0], tuple(sorted(env.items()))
