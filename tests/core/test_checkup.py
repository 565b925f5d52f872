"""What a machine needs apart from Maya: each check, well and broken."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

import farmfutures
from farmfutures import checkup
from farmfutures.checkup import Finding, Verdict
from farmfutures.engines.local.folder import Folder


def found(what: str, *, quick: bool = True) -> Finding:
    """What is found of one thing; whatever is wrong comes with what to do."""
    findings = list(checkup.examine(quick=quick))
    assert [finding for finding in findings if finding.verdict is Verdict.WRONG and not finding.advice] == []
    return next(finding for finding in findings if finding.what == what)


def test_a_machine_that_is_well(state: Path) -> None:
    findings = list(checkup.examine())
    assert {finding.verdict for finding in findings} == {Verdict.OK}, findings
    whats = ["farmfutures", "Python", "pyzmq", "cloudpickle", "settings", "state folder", "broker", "a call", "worker's folder"]
    assert [finding.what for finding in findings] == whats
    again = found("broker")
    assert again.verdict is Verdict.OK
    assert again.found.startswith(f"{farmfutures.__version__}, pid ")


def test_to_be_quick_it_starts_nothing(own_temp: Path) -> None:
    assert found("a call").verdict is Verdict.SKIPPED
    assert not (own_temp / "s").exists()


@pytest.mark.parametrize(
    ("name", "package", "verdict"),
    [
        ("zmq", {"version": "26.0.0", "file": "/x/zmq/__init__.py"}, Verdict.OK),
        ("zmq", {"version": "27.9", "file": "/x/zmq/__init__.py"}, Verdict.OK),
        ("zmq", {"version": "25.1.2", "file": "/x/zmq/__init__.py"}, Verdict.WRONG),
        ("zmq", {"version": "28.0.0a1", "file": "/x/zmq/__init__.py"}, Verdict.WRONG),
        ("cloudpickle", {"version": "?", "file": "/x/cloudpickle/__init__.py"}, Verdict.WRONG),
        ("cloudpickle", {"error": "ModuleNotFoundError: No module named 'cloudpickle'"}, Verdict.WRONG),
    ],
)
def test_packages(name: str, package: dict[str, str], verdict: Verdict) -> None:
    finding = checkup.judge_package(name, package, how="`mayapy -m pip install")
    assert finding.verdict is verdict
    assert (verdict is Verdict.WRONG) == finding.advice.startswith("`mayapy -m pip install '")


def test_a_package_that_breaks_while_it_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_package.py").write_text("import ctypes; raise SystemError('built for another Python')")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert checkup.import_package("broken_package") == {"error": "SystemError: built for another Python"}


def test_settings_that_can_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.toml").write_text("slotz = 4")
    monkeypatch.setenv("FARMFUTURES_SETTINGS", str(tmp_path / "settings.toml"))
    finding = found("settings")
    assert finding.verdict is Verdict.WRONG
    assert "Did you mean 'slots'?" in finding.found


def test_which_settings_count_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.toml").write_text("slots = 4")
    monkeypatch.setenv("FARMFUTURES_SETTINGS", str(tmp_path / "settings.toml"))
    text = found("settings").found
    assert str(tmp_path / "settings.toml") in text
    assert "FARMFUTURES_STATE" in text


def open_to_all(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)


def a_link(folder: Path) -> None:
    (folder.parent / "real").mkdir()
    folder.symlink_to(folder.parent / "real")


def a_file(folder: Path) -> None:
    folder.write_text("")


@pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")
@pytest.mark.parametrize(
    ("make", "says"), [(open_to_all, "open to others"), (a_link, "symbolic link"), (a_file, "can't be made")]
)
def test_a_state_folder_that_is_not_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None], says: str
) -> None:
    make(tmp_path / "state")
    monkeypatch.setenv("FARMFUTURES_STATE", str(tmp_path / "state"))
    finding = found("state folder")
    assert finding.verdict is Verdict.WRONG
    assert says in finding.found
    assert found("broker").verdict is Verdict.SKIPPED


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="permissions don't stop this user")
def test_a_state_folder_that_can_not_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "theirs").mkdir(mode=0o500)
    monkeypatch.setenv("FARMFUTURES_STATE", str(tmp_path / "theirs" / "state"))
    assert "is not writable" in found("state folder").found


def test_a_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 99, 1024**3))
    finding = found("state folder")
    assert finding.verdict is Verdict.NOTE
    assert "1 GB free" in finding.found


def test_a_broker_of_another_protocol(state: Path) -> None:
    with farmfutures.Farm() as farm:
        farm.jobs()
    path = Folder(state).connection
    before = path.read_text()
    path.write_text(json.dumps({**json.loads(before), "version": 99}))
    try:
        finding = found("broker")
    finally:
        path.write_text(before)
    assert finding.verdict is Verdict.WRONG
    assert "protocol 99, ours is" in finding.found
    assert "farmfutures broker stop" in finding.advice


def test_a_broker_of_another_release(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with farmfutures.Farm() as farm:
        farm.jobs()
    monkeypatch.setattr(farmfutures, "__version__", "9.9.9")
    finding = found("broker")
    assert finding.verdict is Verdict.NOTE
    assert "this is 9.9.9" in finding.advice


def test_a_call_that_does_not_come_back(state: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr("farmfutures.options.python_executable", lambda: str(broken))
    finding = found("a call", quick=False)
    assert finding.verdict is Verdict.WRONG
    assert "exited with code 3" in finding.found
