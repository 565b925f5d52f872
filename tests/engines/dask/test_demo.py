"""``farmfutures demo --engine dask``, on a cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ...dask_cluster import DaskCluster

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform == "win32", reason="the stand-in's mayapy is a shell script"),
]


def test_the_demo_runs_on_a_cluster(dask_cluster: DaskCluster, mayapy: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="draws the picture; pip install -e '.[demo]'")
    (tmp_path / "net").mkdir()
    environ = {
        **os.environ, **dask_cluster.environ, "PYTHONPATH": str(ROOT / "scripts"), "FARMFUTURES_MAYAPY": str(mayapy),
        "PYTHONUTF8": "1", "FARMFUTURES_SPOOL": str(tmp_path / "net"), "FARMFUTURES_SPOOL_POLL_S": "0.1",
        "FARMFUTURES_INTERPRETER_IDLE_S": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "farmfutures", "demo", "--engine", "dask"], env=environ, cwd=tmp_path, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "--engine dask show 2" in done.stdout
    assert (tmp_path / "farmfutures-demo.png").read_bytes().startswith(b"\x89PNG")
