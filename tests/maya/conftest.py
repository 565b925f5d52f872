"""Fixtures of the Maya side: a fake ``maya`` in this process, and a ``mayapy`` for others."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAKE = Path(__file__).resolve().parent / "fake"


@pytest.fixture
def no_maya(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process as any Python: without a ``maya`` package."""
    _forget_maya()
    monkeypatch.setattr(sys, "path", [path for path in sys.path if not Path(path, "maya", "cmds.py").exists()])
    yield
    _forget_maya()


@pytest.fixture
def library_maya(no_maya: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A ``maya`` that is importable and not initialised, as in a fresh ``mayapy``."""
    monkeypatch.syspath_prepend(str(FAKE))
    return import_module("maya")


@pytest.fixture
def maya(library_maya: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A fake Maya that is up, in a project of its own; ``maya.LOG`` is empty and ``maya.world`` can be set."""
    import_module("maya.standalone").initialize()
    project = tmp_path / "project"
    (project / "scenes").mkdir(parents=True)
    library_maya.world.workspace = str(project)
    library_maya.LOG.clear()
    for name in ("FARMFUTURES_STORE", "FARMFUTURES_MAYAPY", "MAYA_LOCATION", "MAYA_APP_DIR"):
        monkeypatch.delenv(name, raising=False)
    return library_maya


@pytest.fixture
def fresh_bootstrap(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The bootstrap room as a new process has it; what it does to the environment is undone."""
    import farmfutures.maya  # noqa: F401

    module = import_module("farmfutures_maya.bootstrap")
    monkeypatch.setattr(module, "_private", None)
    monkeypatch.setattr(module, "_opened", False)
    for name in ("MAYA_APP_DIR", "MAYA_ENV_DIR", "MAYA_MODULE_PATH", "MAYA_SCRIPT_PATH"):
        monkeypatch.setenv(name, "set and taken away, so that it is put back as it was")
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return module


@pytest.fixture
def fake_mayapy(tmp_path: Path) -> Path:
    """An executable that takes Python's command line and has the fake ``maya`` on its path."""
    if sys.platform == "win32":
        pytest.skip("the fake mayapy is a shell script")
    path = tmp_path / "fake" / "bin" / "mayapy"
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{FAKE}:$PYTHONPATH" exec "{sys.executable}" "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A saved scene of two nodes."""
    path = tmp_path / "project" / "scenes" / "shot.ma"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '//Maya ASCII 2026 scene\nrequires maya "2026";\ncreateNode transform -n "ball";\n'
        'createNode mesh -n "ballShape" -p "ball";\n'
    )
    return path


def _forget_maya() -> None:
    for name in [name for name in sys.modules if name == "maya" or name.startswith("maya.")]:
        del sys.modules[name]
