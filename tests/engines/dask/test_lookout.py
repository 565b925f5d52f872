"""What is found to be well, and what stands in the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures.engines.dask import lookout
from farmfutures.engines.dask.launcher import DaskLauncher
from farmfutures.engines.report import Finding
from farmfutures.settings import Settings

from ...dask_cluster import DaskCluster


def examine(settings: Settings) -> list[Finding]:
    launcher = DaskLauncher(settings)
    try:
        return launcher.examine()
    finally:
        launcher.close()


@pytest.fixture
def settings(dask_cluster: DaskCluster, tmp_path: Path) -> Settings:
    return replace(Settings.load(dask_cluster.environ), spool=str(tmp_path))


def test_a_cluster_that_is_well(settings: Settings) -> None:
    found = examine(settings)
    assert [finding.text for finding in found if not finding.well] == []
    texts = "\n".join(finding.text for finding in found)
    assert "2 workers on" in texts
    assert "maya2026=1" in texts
    assert f"all workers read and write {settings.spool}" in texts


def test_behind_what_stands_in_the_way_nothing_is_looked_at(settings: Settings) -> None:
    *before, last = examine(replace(settings, dask_scheduler="tls://127.0.0.1:1"))
    assert [finding.well for finding in before] == [True, True]
    assert (last.what, last.well) == ("connection", False)


def test_a_folder_that_workers_do_not_see(settings: Settings, tmp_path: Path) -> None:
    elsewhere = str(tmp_path / "elsewhere")
    (bad,) = [finding for finding in examine(replace(settings, spool_seen_as=elsewhere)) if not finding.well]
    assert bad.what == "folder"
    assert f"2 of 2 workers can't read and write {elsewhere}" in bad.text
    assert "spool_seen_as" in bad.help


def test_another_release_here_than_there(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout, "__version__", "99.0")
    bad = [finding for finding in examine(settings) if not finding.well]
    assert [finding.what for finding in bad] == ["scheduler", "release"]
    assert all("99.0" in finding.help for finding in bad)


def test_a_cluster_without_workers(own_cluster: DaskCluster) -> None:
    *_, last = examine(Settings.load(own_cluster.environ))
    assert (last.what, last.well) == ("workers", False)
    assert "dask worker" in last.help


def test_workers_that_can_not_run_us(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Any] = {"tls://a:1": ModuleNotFoundError("No module named 'farmfutures'"), "tls://b:1": _about()}
    (bad,) = lookout._workers(answers, {})
    assert "1 of 2 workers can't run farmfutures, tls://a:1 first" in bad.text


def _about() -> dict[str, Any]:
    return {"release": farmfutures.__version__, "seen": True, "host": "b", "python": lookout._PYTHON}
