"""A real Dask cluster on this machine, for tests and for trying: a scheduler and two workers that speak mutual TLS.

Everything of it lies in one folder and listens on loopback only. ``python tests/dask_cluster.py`` starts one, prints the
settings that lead to it, and ends it with Ctrl+C.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import trustme

from farmfutures.worker import processes

READY_S, END_S = 40.0, 15.0
QUICK = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
    "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "info",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__DISK": "false",
    "FARMFUTURES_INTERPRETER_IDLE_S": "2",
}
"""Two deaths of workers under one chunk are enough to give it up; what calls submit stays warm no longer than they do."""


class Certificates:
    """An authority, and a certificate of it that all of a cluster share, as files."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1", "localhost")
        self.ca, self.cert, self.key = folder / "ca.pem", folder / "node.pem", folder / "node.key"
        authority.cert_pem.write_to_path(str(self.ca))
        self.cert.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(self.key))
        self.key.chmod(0o600)

    def take(self, ca: Path, cert: Path, key: Path) -> None:
        """Takes files of somebody else instead."""
        self.ca, self.cert, self.key = ca, cert, key

    @property
    def options(self) -> list[str]:
        """How Dask's programs are told."""
        return ["--tls-ca-file", str(self.ca), "--tls-cert", str(self.cert), "--tls-key", str(self.key)]


class DaskCluster:
    """A scheduler and its workers.

    Args:
        folder: For its certificates, logs and temporary files; must not be there.
        **config: Dask's own settings, as variables of theirs: ``SCHEDULER__ALLOWED_FAILURES="1"``.
    """

    def __init__(self, folder: Path, **config: str) -> None:
        folder.mkdir()
        self.folder = folder
        self.certificates = Certificates(folder / "tls")
        self.config = {**QUICK, **{f"DASK_DISTRIBUTED__{name}": value for name, value in config.items()}}
        self.port = _free_port()
        self.address = f"tls://127.0.0.1:{self.port}"
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def environ(self) -> dict[str, str]:
        """What leads farmfutures to it."""
        tls = self.certificates
        return {
            "FARMFUTURES_DASK_SCHEDULER": self.address, "FARMFUTURES_DASK_TLS_CA": str(tls.ca),
            "FARMFUTURES_DASK_TLS_CERT": str(tls.cert), "FARMFUTURES_DASK_TLS_KEY": str(tls.key),
        }  # fmt: skip

    def start_scheduler(self) -> None:
        """Starts it, and waits until it listens."""
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--dashboard-address", "127.0.0.1:0"]
        self.scheduler = self._start("scheduler", "dask_scheduler", "--protocol", "tls", *where)
        self._wait(self.scheduler, lambda: _listens(self.port), "scheduler")

    def start_worker(self, name: str, resources: str = "", threads: int = 1) -> None:
        """Starts one without a nanny, so that a dead worker stays dead, and waits until the scheduler knows it."""
        more = ["--resources", resources] if resources else []
        process = self._start(
            f"worker-{name}", "dask_worker", self.address, "--host", "127.0.0.1", "--name", name, "--nthreads", str(threads),
            "--no-nanny", "--no-dashboard", "--memory-limit", "0", "--death-timeout", "60", *more,
        )  # fmt: skip
        self.workers[name] = process
        self._wait(process, lambda: f"name: {name}" in self.log("scheduler").rpartition("\n--")[2], f"worker-{name}")

    def _start(self, what: str, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, *self.certificates.options]
        variables = {name: str(self.folder) for name in ("TMPDIR", "TEMP", "TMP")}
        with (self.folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(
                command, env={**os.environ, **self.config, **variables}, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, preexec_fn=None if sys.platform == "win32" else processes.die_with_parent,
            )  # fmt: skip

    def _wait(self, process: subprocess.Popen[bytes], ready: Any, what: str) -> None:
        deadline = time.monotonic() + READY_S
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"Dask's {what} did not come up:\n{self.log(what)}")
            time.sleep(0.05)

    def log(self, what: str) -> str:
        """What the scheduler or ``"worker-NAME"`` printed."""
        path = self.folder / f"{what}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # --- the end

    def kill(self, name: str) -> None:
        """Ends a worker, or the ``"scheduler"``, without asking."""
        process = self._forget(name)
        process.kill()
        process.wait(END_S)

    def stop(self, name: str) -> None:
        """Asks a worker to leave."""
        process = self._forget(name)
        process.terminate()
        process.wait(END_S)

    def _forget(self, name: str) -> subprocess.Popen[bytes]:
        if name != "scheduler":
            self._note(f"\n-- {name} is ended\n")
            return self.workers.pop(name)
        assert self.scheduler is not None
        process, self.scheduler = self.scheduler, None
        self._note("\n-- the scheduler is ended\n")
        return process

    def _note(self, line: str) -> None:
        with (self.folder / "scheduler.log").open("a") as log:
            log.write(line)

    def close(self) -> None:
        """Ends all of it, and what it started."""
        everything = [*self.workers.values(), *([self.scheduler] if self.scheduler else [])]
        trees = [child for process in everything for child in _tree(process.pid)]
        for process in everything:  # Workers first: one that looks for its scheduler takes long to end.
            process.terminate()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(END_S)
        _, left = psutil.wait_procs(trees, END_S)
        shutil.rmtree(self.folder, ignore_errors=True)
        assert not left, f"Dask's workers left behind: {left}"


def _tree(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).children(recursive=True)
    return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[DaskCluster]:
    """A cluster of two workers, one task at a time each; one of them has a licence."""
    made = DaskCluster(folder)
    try:
        made.start_scheduler()
        made.start_worker("one", "maya2026=1")
        made.start_worker("two")
        yield made
    finally:
        made.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as root, cluster(Path(root) / "dask") as running:
        print(*(f"export {name}={value}" for name, value in running.environ.items()), sep="\n", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(1)
