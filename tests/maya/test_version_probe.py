"""Asking a mayapy for its version: QS32."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs that answer are shell scripts")


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The room as a new process has it, with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    module = import_module("farmfutures_maya.version_probe")
    monkeypatch.setattr(module, "_answers", {})
    return module


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    """A program that says 2026 and notes each time that it is asked."""
    path = tmp_path / "maya" / "bin" / "mayapy"
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\necho >> {tmp_path / "asked"}\necho \'farmfutures:{{"version": "2026"}}\'\n')
    path.chmod(0o755)
    return path


def asked(tmp_path: Path) -> int:
    return len((tmp_path / "asked").read_text())


def test_qs32_the_stand_in_says_its_version_without_being_started(
    probe: ModuleType, stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARMFUTURES_SIM_FAULT", "exit255")  # Of initialize(), which nobody calls.
    monkeypatch.setenv("PYTHONHOME", "/of/another/maya")
    answer = probe.ask(stand_in)
    assert (answer.version, answer.problem) == ("2026", "")
    assert answer.python == ".".join(map(str, sys.version_info[:3]))


def test_it_is_asked_once_for_all_processes(
    probe: ModuleType, counting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assert probe.ask(counting).version == "2026"
    monkeypatch.setattr(probe, "_answers", {})  # As another process has it.
    assert probe.ask(counting).version == "2026"
    assert asked(tmp_path) == 1


def test_it_is_asked_again_when_it_was_replaced(probe: ModuleType, counting: Path, tmp_path: Path) -> None:
    probe.ask(counting)
    counting.write_text(counting.read_text().replace("2026", "2027"))
    assert probe.ask(counting).version == "2027"
    assert asked(tmp_path) == 2


def test_a_home_that_cannot_be_written_to(
    probe: ModuleType, counting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert probe.ask(counting).version == "2026"


def test_what_hangs_is_given_up(probe: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "mayapy"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o755)
    assert probe.ask(path, timeout_s=0.2).problem == "did not say its version within 0.2 s"
    path.write_text('#!/bin/sh\necho \'farmfutures:{"version": "2026"}\'\n')
    assert probe.ask(path).version == "2026"  # What went wrong is not kept.
