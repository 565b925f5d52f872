"""``farmfutures demo --engine slurm``, as docs/slurm.md has it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Desk

ROOT = Path(__file__).resolve().parents[3]


def test_the_demo_runs_on_a_cluster(desk: Desk, mayapy: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="draws the picture; pip install -e '.[demo]'")
    environ = {
        **os.environ, "PYTHONPATH": str(ROOT / "scripts"), "FARMFUTURES_MAYAPY": str(mayapy), "PYTHONUTF8": "1",
        "FARMFUTURES_SPOOL": str(desk.shared), "FARMFUTURES_SPOOL_POLL_S": "0.1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "farmfutures", "demo", "--engine", "slurm"], env=environ, cwd=tmp_path, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "--engine slurm show 2" in done.stdout
    assert (tmp_path / "farmfutures-demo.png").read_bytes().startswith(b"\x89PNG")
    assert len(list(desk.shared.glob("*/jobs/2/engine/*.out"))) == 4  # A chunk of 24 frames each.
