"""Fixtures of the command line: the command as a process, on a farm of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

Command = Callable[..., "subprocess.CompletedProcess[str]"]
Start = Callable[..., "subprocess.Popen[str]"]


def command_line(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "farmfutures", *map(str, arguments)]


def environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "PYTHONUTF8": "1", "COLUMNS": "100"}


@pytest.fixture
def ff(tmp_path: Path) -> Command:
    """Runs ``farmfutures ...`` in an empty folder."""

    def run(*arguments: object, code: int | None = 0, **options: Any) -> subprocess.CompletedProcess[str]:
        options = {"cwd": tmp_path, "env": environ(), "timeout": 25, **options}
        done = subprocess.run(command_line(*arguments), capture_output=True, text=True, check=False, **options)
        assert code is None or done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr or code != 0, done.stderr
        return done

    return run


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts ``farmfutures ...`` and ends it with the test."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: object, **options: Any) -> subprocess.Popen[str]:
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": tmp_path, "env": environ(), **options}
        started.append(subprocess.Popen(command_line(*arguments), text=True, **options))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A file that does not exist yet; `gated` calls wait for it."""
    return tmp_path / "gate"


@pytest.fixture
def gated(gate: Path) -> str:
    """Statements that print a line, wait until the gate is there, and print another."""
    return (
        "import os, time\nprint('before', flush=True)\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)\nprint('after'); result = 'through'"
    )
