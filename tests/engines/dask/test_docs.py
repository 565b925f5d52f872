"""The page about Dask: what it says to type, typed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from farmfutures.engines.dask.launcher import DaskLauncher
from farmfutures.engines.dask.reach import problem
from farmfutures.settings import Settings

from ...dask_cluster import DaskCluster

PAGE = Path(__file__).resolve().parents[3] / "docs" / "dask.md"
pytestmark = pytest.mark.timeout(120)


def test_the_certificates_of_the_page_are_good_for_a_cluster(own_temp: Path, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl on this machine: apt-get install openssl")
    found = re.search(r"<!-- certificates -->\n```bash\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    subprocess.run(["sh", "-e", "-c", found[1]], cwd=tmp_path, capture_output=True, check=True)
    cluster = DaskCluster(own_temp / "dask")
    cluster.certificates.take(tmp_path / "ca.pem", tmp_path / "node.pem", tmp_path / "node.key")
    try:
        cluster.start_scheduler()
        cluster.start_worker("one")
        settings = Settings.load(cluster.environ)
        assert problem(settings) == ""
        launcher = DaskLauncher(settings)
        assert all(finding.well for finding in launcher.examine())
        launcher.close()
    finally:
        cluster.close()
