"""Whether farmfutures fits the Mayas of a machine: each Maya is started and asked, and what is wrong with it is said."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from farmfutures.checkup import Finding, Verdict
from farmfutures.maya import examine, install

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")

Examine = Callable[..., dict[str, Finding]]


@pytest.fixture
def examined(mayapy: Path, state: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Examine:
    """Examines this machine, with variables set; returns what was found of its one Maya."""
    for name in [name for name in os.environ if name.startswith("MAYA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(mayapy))
    monkeypatch.setenv("MAYA_APP_DIR", str(tmp_path / "app"))
    monkeypatch.setenv("FARMFUTURES_STORE", str(tmp_path / "store"))

    def run(*, timeout_s: float = 20, quick: bool = False, **variables: str) -> dict[str, Finding]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        findings = list(examine(quick=quick, timeout_s=timeout_s))
        assert [finding for finding in findings if finding.verdict is Verdict.WRONG and not finding.advice] == []
        return {finding.what: finding for finding in findings if finding.group.startswith("Maya")}

    return run


def test_a_maya_that_fits(examined: Examine, tmp_path: Path) -> None:
    found = examined(MAYA_MODULE_PATH=str(ROOT))
    assert {finding.verdict for finding in found.values()} == {Verdict.OK}, found
    assert list(found) == ["mayapy", "its Python", "start and licence", "module", "pyzmq", "cloudpickle"]
    assert "with a licence" in found["start and licence"].found
    assert found["module"].found.endswith(f"in {ROOT}, and its plug-in loads")
    assert list(tmp_path.iterdir()) == []


def test_to_be_quick_no_maya_is_started(examined: Examine) -> None:
    found = examined(quick=True, FARMFUTURES_SIM_FAULT="licence")
    assert found["its Python"].verdict is Verdict.OK
    assert found["start and licence"].verdict is Verdict.SKIPPED


@pytest.mark.parametrize(
    ("variables", "what", "says"),
    [
        ({"FARMFUTURES_SIM_FAULT": "licence"}, "start and licence", "In most cases there was no licence"),
        ({"FARMFUTURES_SIM_FAULT": "exit255"}, "start and licence", "exited with code 255 while Maya was starting"),
        ({"FARMFUTURES_SIM_FAULT": "hang_start"}, "start and licence", "1 s passed while Maya was starting"),
        ({}, "module", "Maya does not see it"),
        ({"FARMFUTURES_SIM_PYTHON": "/absent/python"}, "its Python", "exited with code 127"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_a_maya_that_does_not(examined: Examine, variables: dict[str, str], what: str, says: str) -> None:
    found = examined(timeout_s=1, **variables)
    assert found[what].verdict is Verdict.WRONG
    assert says in found[what].found


def test_a_maya_without_packages(examined: Examine, bare_python: Path) -> None:
    found = examined(FARMFUTURES_SIM_PYTHON=str(bare_python))
    for what in ("pyzmq", "cloudpickle"):
        assert found[what].verdict is Verdict.WRONG
        assert f"-m pip install '{what}>=" in found[what].advice
    quick = examined(quick=True)
    assert quick["pyzmq"].verdict is Verdict.SKIPPED


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the stand-in for Maya 2026 runs on this Python")
def test_a_maya_that_has_them_from_the_module(examined: Examine, bare_python: Path, wheels: Path, tmp_path: Path) -> None:
    install(tmp_path / "site", [2026], wheels=wheels)
    found = examined(FARMFUTURES_SIM_PYTHON=str(bare_python), MAYA_MODULE_PATH=str(tmp_path / "site"))
    for what in ("pyzmq", "cloudpickle"):
        assert found[what].verdict is Verdict.OK
        assert str(tmp_path / "site" / "farmfutures" / "vendor") in found[what].found


@pytest.mark.parametrize(
    ("version", "plugin", "says"),
    [("0.0.1", "", "0.0.1 in"), ("", "", "no farmfutures in"), (None, "raise ImportError('no Qt')", "no Qt")],
)
def test_a_module_that_is_not_this_one(examined: Examine, tmp_path: Path, version: str | None, plugin: str, says: str) -> None:
    import farmfutures

    module = tmp_path / "module"
    for name, text in {
        "farmfutures.mod": "+ farmfutures 0.0.1 .\nplug-ins: plugins\n",
        "scripts/farmfutures/__init__.py": f'__version__ = "{farmfutures.__version__ if version is None else version}"\n',
        "plugins/farmfutures_plugin.py": plugin,
    }.items():
        (module / name).parent.mkdir(parents=True, exist_ok=True)
        (module / name).write_text(text)
    if version == "":
        (module / "scripts/farmfutures/__init__.py").unlink()
    found = examined(MAYA_MODULE_PATH=str(module))["module"]
    assert found.verdict is Verdict.WRONG
    assert says in found.found


def test_a_path_that_says_another_version(examined: Examine, mayapy: Path, tmp_path: Path) -> None:
    path = tmp_path / "maya2031" / "bin" / "mayapy"
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\nexec "{mayapy}" "$@"\n')
    path.chmod(0o755)
    found = examined(FARMFUTURES_MAYAPY=str(path), MAYA_MODULE_PATH=str(ROOT))
    assert found["start and licence"].verdict is Verdict.WRONG
    assert "its path says 2031" in found["start and licence"].advice


def test_a_maya_that_is_too_old(examined: Examine, tmp_path: Path) -> None:
    path = tmp_path / "maya2024" / "bin" / "mayapy"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\nexit 2\n")
    path.chmod(0o755)
    found = examined(FARMFUTURES_MAYAPY=str(path))
    assert found["its Python"].verdict is Verdict.SKIPPED


def test_no_maya_at_all(state: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("farmfutures_maya.mayapy._table", lambda *_: (tmp_path, "maya", "bin"))
    monkeypatch.delenv("MAYA_LOCATION", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("FARMFUTURES_STORE", str(tmp_path / "store"))
    last = list(examine(quick=True))[-1]
    assert (last.verdict, last.what) == (Verdict.NOTE, "mayapy")
    monkeypatch.setenv("FARMFUTURES_MAYAPY", "/absent/mayapy")
    last = list(examine(quick=True))[-1]
    assert (last.verdict, last.advice) == (Verdict.WRONG, "mend FARMFUTURES_MAYAPY")


def test_copies_of_scenes_that_nobody_can_write(examined: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FARMFUTURES_STORE", str(tmp_path / "file" / "store"))
    found = {finding.what: finding for finding in examine(quick=True)}
    assert found["scene copies"].verdict is Verdict.WRONG
    monkeypatch.setenv("FARMFUTURES_STORE", "{workspace}/copies")
    found = {finding.what: finding for finding in examine(quick=True)}
    assert found["scene copies"].verdict is Verdict.SKIPPED


@pytest.mark.parametrize("there", [True, False])
def test_looking_at_the_copies_leaves_the_folder_as_it_was(
    examined: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    folder = tmp_path / "copies"
    if there:
        folder.mkdir()
    monkeypatch.setenv("FARMFUTURES_STORE", str(folder))
    found = {finding.what: finding for finding in examine(quick=True)}
    assert found["scene copies"].verdict is Verdict.OK
    assert folder.exists() is there
    monkeypatch.delenv("FARMFUTURES_STORE")
    found = {finding.what: finding for finding in examine(quick=True)}
    assert found["scene copies"].verdict is Verdict.OK
