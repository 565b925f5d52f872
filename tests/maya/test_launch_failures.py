"""What is said of a Maya that does not start: cause, place and next step. Row R22."""

from __future__ import annotations

import os
import sys
from collections import namedtuple
from pathlib import Path

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures.worker import stage
from farmfutures_maya import launch, launch_failures

MAYAS_OWN = (
    "Error encountered when initializing Maya - Please check for sufficient disk space and necessary write permissions of "
    "MAYA_APP_DIR."
)
Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (MAYAS_OWN, "In most cases there was no licence"),
        ("Maya failed to start: license checkout timed out", "In most cases there was no licence"),
        ("Could not load libOpenMaya.so", "maya.standalone.initialize()"),
    ],
)
def test_r22_why_it_did_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, expected: str) -> None:
    monkeypatch.setenv("MAYA_APP_DIR", str(tmp_path))
    monkeypatch.setenv("ADSKFLEX_LICENSE_FILE", "27000@server")
    text = launch_failures.no_start(RuntimeError(said))
    assert text.startswith(f"Maya did not start: {said}")
    assert expected in text
    assert launch_failures.host() in text
    assert ("27000@server" in text) is ("licence" in expected)


def test_r22_a_full_disk_is_not_called_a_licence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAYA_APP_DIR", str(tmp_path))
    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(1 << 30, 1 << 30, 3 << 20))
    text = launch_failures.no_start(RuntimeError(MAYAS_OWN))
    assert f"The disk of MAYA_APP_DIR={tmp_path} on" in text
    assert "has 3 MB left" in text
    assert "licence" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_r22_a_folder_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAYA_APP_DIR", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda *_: False)  # A test run as root may write everywhere.
    assert "can't be written to" in launch_failures.no_start(RuntimeError(MAYAS_OWN))


def test_r22_a_folder_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAYA_APP_DIR", str(tmp_path / "absent"))
    assert "is no folder on" in launch_failures.no_start(RuntimeError(MAYAS_OWN))


@pytest.mark.parametrize(
    ("how", "silent", "expected"),
    [
        ("exited with code 255", True, "AdpSDKCore.so"),
        ("exited with code 1", False, "skip_usersetup=True"),
        ("was killed by SIGSEGV", True, "repair the installation"),
    ],
)
def test_r22_a_maya_that_ends_while_it_starts(how: str, silent: bool, expected: str) -> None:
    text = launch_failures.starting().died(how, silent=silent)
    assert f"the interpreter {how} while Maya was starting" in text
    assert expected in text
    assert sys.executable in text


@pytest.mark.parametrize(("code", "expected"), [(255, "AdpSDKCore.so"), (1, "skip_usersetup=True"), (-11, "killed by SIGSEGV")])
def test_r22_a_maya_that_was_started_from_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, expected: str
) -> None:
    monkeypatch.setenv(stage.FOLDER_VARIABLE, str(tmp_path))
    stage.enter(launch_failures.starting())
    text = launch.died(code, tmp_path, silent=code == 255)
    assert "while Maya was starting" in text
    assert expected in text
    assert f'Run "{sys.executable}" -c' in text


def test_r22_a_maya_that_hangs_while_it_starts() -> None:
    text = launch_failures.starting().hung(300)
    assert "300 s passed while Maya was starting" in text
    assert "licence server" in text
    assert "FARMFUTURES_START_TIMEOUT_S" in text


def test_r22_a_scene_that_does_not_come_up() -> None:
    step = launch_failures.opening("/show/shot.ma", 600.0)
    assert step.limit_s == 600
    assert "while Maya opened /show/shot.ma" in step.died("was killed by SIGSEGV", silent=False)
    assert "open_timeout_s=" in step.hung(600.0)
