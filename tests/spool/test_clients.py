"""Clients that end, in any way, while real runners work for them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from farmfutures import Executor

from . import processes

SCRIPT = """
import sys, farmfutures
from tests.spool.calls import note, wait_for
if __name__ == "__main__":
    executor = farmfutures.Executor(engine="processes")
    with executor.batch("left", chunk=7) as batch:
        for number in range(13):
            batch.submit(note, sys.argv[1], number)
        batch.submit(wait_for, sys.argv[1] + ".go")
    print(batch.job_id, flush=True)
    {end}
"""


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("pass", 0),
        ("sys.exit(3)", 3),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("batch.futures[-1].add_done_callback(print)", 0),
    ],
    ids=["its end", "sys.exit", "SIGKILL", "somebody waits"],
)
def test_r9_r27_what_a_client_left_behind_goes_on_and_is_found(
    works_farm: processes.Farm, tmp_path: Path, end: str, code: int
) -> None:
    script = tmp_path / "client.py"
    script.write_text(SCRIPT.format(end=end))
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "ran")], capture_output=True, text=True, timeout=25, check=False
    )
    assert (done.returncode, done.stderr) == (code, "")
    assert time.monotonic() - began < 20, "on a machine with nothing else to do it is a second"
    with Executor(engine="processes") as executor:
        futures = executor.attach(int(done.stdout))
        assert [future.result(25) for future in futures[:13]] == [number * number for number in range(13)]
        (tmp_path / "ran.go").touch()
        assert futures[13].result(25) == ""
    lines = (tmp_path / "ran").read_text().splitlines()
    assert sorted(int(line.split()[0]) for line in lines) == list(range(13)), "each ran once"
