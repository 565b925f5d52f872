"""Runs cells: peers take turns within a round, so that a busy minute of the machine hits all of them alike."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from .model import WORKERS, Measure, Sample

ROOT = Path(__file__).resolve().parents[1]
END_S = 5.0
"""So long after a cell its processes may still be leaving."""


def cells(measures: Sequence[Measure], peers: Sequence[str], rounds: int) -> Iterator[tuple[int, Measure, str]]:
    """Yields (round, measure, peer): in every round another peer begins."""
    for number in range(rounds):
        for measure in measures:
            chosen = [peer for peer in peers if peer in measure.peers]
            if number < measure.most_rounds and chosen:
                first = number % len(chosen)
                for peer in chosen[first:] + chosen[:first]:
                    yield number, measure, peer


def run(measures: Sequence[Measure], peers: Sequence[str], rounds: int, *, quick: bool) -> Iterator[Sample]:
    """Yields a sample for each cell, as it is done."""
    for number, measure, peer in cells(measures, peers, rounds):
        sample = run_cell(measure, peer, quick=quick)
        sample.round = number
        yield sample


def run_cell(measure: Measure, peer: str, *, quick: bool) -> Sample:
    """Runs one cell in a process and a folder of its own, and ends whatever it leaves."""
    sample = Sample(0, measure.name, peer)
    folder = Path(tempfile.mkdtemp(prefix="ffb-"))
    began = time.monotonic()
    try:
        sample.error = _start(measure, peer, quick, folder)
        file = folder / "values.json"
        if file.exists():
            sample.values = json.loads(file.read_text())
    finally:
        sample.left = _sweep(folder)  # Where the run was interrupted, too.
        shutil.rmtree(folder, ignore_errors=True)
    sample.took_s = time.monotonic() - began
    return sample


def _start(measure: Measure, peer: str, quick: bool, folder: Path) -> str:
    """Runs the process; returns what went wrong, or nothing."""
    command = [sys.executable, "-m", "benchmarks.cell", peer, measure.name, "quick" if quick else "full"]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, str(folder / "values.json")], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=ROOT,
            env=environ(folder),
        )  # fmt: skip
        try:
            code = process.wait(measure.timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return f"not done after {measure.timeout_s:g} s"
    return f"exit code {code}: {_last_line(log)}" if code else ""


def environ(folder: Path) -> dict[str, str]:
    """Returns a cell's environment: temporary files, state and settings of its own; .pyc files, as everybody has them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FARMFUTURES_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    path = os.pathsep.join([str(ROOT / "scripts"), str(ROOT), kept.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    own = {name: str(folder) for name in ("TMPDIR", "TEMP", "TMP", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "DASK_CONFIG")}
    return {
        **kept, **own, "PYTHONPATH": path, "FARMFUTURES_STATE": str(folder / "s"), "FARMFUTURES_SLOTS": str(WORKERS),
        "FARMFUTURES_SETTINGS": str(folder / "none.toml"), "PYTHONWARNINGS": "ignore",
    }  # fmt: skip


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "(it printed nothing)"


def _sweep(folder: Path) -> list[str]:
    """Ends the processes that a cell left; they are known by their temporary folder. Returns what they were."""
    deadline = time.monotonic() + END_S
    while (left := list(_of(folder))) and time.monotonic() < deadline:
        time.sleep(0.05)
    found = []
    for process in left:
        try:
            found.append(" ".join(process.cmdline())[:120])
            process.kill()
        except psutil.Error:
            continue  # It has left meanwhile.
    return found


def _of(folder: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.environ().get("TMPDIR") == str(folder):
                yield process
        except (psutil.Error, OSError):
            continue  # Somebody else's, or gone.
