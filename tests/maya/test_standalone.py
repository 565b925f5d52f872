"""Starting the Maya of a worker and taking leave of it: Q34; folders of its own, faults at start and at exit."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from farmfutures.errors import BootstrapError

Maya = Any
"""The stand-in in this process: of conftest.py, which tests can't import."""


@pytest.fixture
def standalone(fresh_bootstrap: ModuleType) -> ModuleType:
    return import_module("farmfutures_maya.standalone")


def test_no_licence_is_tried_again_and_said_in_a_sentence(
    library_maya: Maya, standalone: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARMFUTURES_SIM_FAULT", "licence")
    monkeypatch.setenv("ADSKFLEX_LICENSE_FILE", "@licences")
    with pytest.raises(RuntimeError, match=r"no licence: ADSKFLEX_LICENSE_FILE is @licences.*MAYA_APP_DIR") as caught:
        standalone.start({})
    standalone.goodbye()
    assert not isinstance(caught.value, BootstrapError)


def test_a_python_without_maya_is_final(no_maya: None, standalone: ModuleType) -> None:
    with pytest.raises(BootstrapError, match=r"is not a mayapy.*FARMFUTURES_MAYAPY"):
        standalone.start({})
    standalone.goodbye()


@pytest.mark.parametrize("wanted", ["2025", "2027.1", 2024])
def test_another_year_is_final(maya: Maya, standalone: ModuleType, wanted: object) -> None:
    with pytest.raises(BootstrapError, match=r"is Maya 2026, but the job is for Maya .*give version=2026"):
        standalone.check_version({"version": wanted})


@pytest.mark.parametrize("wanted", [2026, "2026", "2026.3", "Preview Release 150", None])
def test_versions_that_fit(maya: Maya, standalone: ModuleType, wanted: object) -> None:
    standalone.check_version({"version": wanted})


# Folders


def test_preferences_are_private_and_the_users_own_are_kept(
    library_maya: Maya, standalone: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "maya"
    for folder in ("2026/modules", "modules", "2026/scripts", "2026/prefs/scripts"):
        (own / folder).mkdir(parents=True)
    (own / "2026" / "Maya.env").touch()
    monkeypatch.setenv("MAYA_APP_DIR", str(own))
    monkeypatch.setenv("MAYA_MODULE_PATH", "/studio")
    standalone.start({"version": "2026"})
    seen = library_maya.started_with
    private = Path(seen["MAYA_APP_DIR"])
    assert private.is_dir()
    assert private != own
    assert seen["MAYA_ENV_DIR"] == str(own / "2026")
    assert seen["MAYA_MODULE_PATH"].split(os.pathsep) == ["/studio", str(own / "2026/modules"), str(own / "modules")]
    assert [path for path in sys.path if path.startswith(str(own))] == [
        str(own / "2026/scripts"),
        str(own / "2026/prefs/scripts"),
    ]
    standalone.goodbye()
    assert not private.exists()


def test_temporary_files_are_private_and_go(library_maya: Maya, standalone: ModuleType, tmp_path: Path) -> None:
    before = tempfile.gettempdir()
    standalone.start({})
    number, name = tempfile.mkstemp()
    os.close(number)
    file = Path(name)
    assert file.parent != Path(before)
    assert {library_maya.started_with[name] for name in ("TMPDIR", "TEMP", "TMP")} == {str(file.parent)}
    standalone.goodbye()
    assert not file.parent.exists()


@pytest.mark.parametrize(("setting", "variable"), [("shared_app_dir", "MAYA_APP_DIR"), ("shared_temp", "TMPDIR")])
def test_folders_can_be_shared(
    library_maya: Maya, standalone: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, variable: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path))
    standalone.start({setting: True})
    assert library_maya.started_with[variable] == str(tmp_path)
    standalone.goodbye()
    assert tmp_path.is_dir()


def test_folders_lie_in_the_folder_of_the_worker(
    library_maya: Maya, standalone: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARMFUTURES_WORKER_DIR", str(tmp_path))
    standalone.start({})
    assert Path(os.environ["MAYA_APP_DIR"]).parents[1] == tmp_path
    standalone.goodbye()
    assert [path.name for path in tmp_path.iterdir()] == ["stage"]


# The environment


def test_what_every_worker_starts_with(standalone: ModuleType) -> None:
    given = standalone.worker_environ({"ADSKFLEX_LICENSE_FILE": "@licences", "MAYA_LEGACY_THINCLIENT": "", "HOME": "/home/me"})
    assert given["ADSKFLEX_LICENSE_FILE"] == "@licences"
    assert given["MAYA_NO_STANDALONE_ATEXIT"] == given["MAYA_DISABLE_ADP"] == "1"
    assert not {"HOME", "MAYA_LEGACY_THINCLIENT"} & set(given)


# Goodbye


@pytest.mark.parametrize("uninitialize", [False, True])
def test_goodbye(library_maya: Maya, standalone: ModuleType, uninitialize: bool) -> None:
    standalone.start({})
    standalone.goodbye(uninitialize=uninitialize)
    assert not library_maya.cmds.undoInfo(query=True, state=True)
    assert ("uninitialize", (), {}) in library_maya.log or not uninitialize


def test_goodbye_survives_whatever_maya_raises(library_maya: Maya, standalone: ModuleType) -> None:
    standalone.goodbye(uninitialize=True)  # It is not up: both commands fail.
