"""``farmfutures panel``: a window of its own, and what it says where there can be none."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import farmfutures

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def test_it_opens_looks_at_the_farm_and_leaves(start: Any, widgets: Any, state: Path, tmp_path: Path) -> None:
    process = start("panel", env={**os.environ, "PYTHONPATH": str(SCRIPTS), "QT_QPA_PLATFORM": "offscreen"})
    end = time.monotonic() + 25
    with farmfutures.Farm() as farm:
        while (farm.broker_status() or {}).get("clients", 0) < 2:  # It and us.
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert (out, [line for line in errors.splitlines() if "propagateSizeHints" not in line]) == ("", [])


def fake_qt(folder: Path, error: str) -> dict[str, str]:
    """An environment in which Qt does not load."""
    package = folder / "PySide6"
    package.mkdir()
    (package / "__init__.py").write_text(error)
    return {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{SCRIPTS}"}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("raise ImportError('libEGL.so.1: cannot open shared object file')", "libEGL.so.1 is absent. On Debian and Ubuntu: apt"),
        ("raise ModuleNotFoundError('No module named PySide6', name='PySide6')", "pip install 'farmfutures[panel]'"),
        ("raise ImportError('DLL load failed')", "Qt does not load here (DLL load failed)"),
    ],
)  # fmt: skip
def test_where_qt_does_not_load_it_says_what_to_install(ff: Any, tmp_path: Path, error: str, said: str) -> None:
    assert said in " ".join(ff("panel", code=1, env=fake_qt(tmp_path, error)).stderr.split())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_without_a_screen_it_says_so(ff: Any, widgets: Any) -> None:
    variables = {"PYTHONPATH": str(SCRIPTS)} | {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = ff("panel", code=1, env=variables)
    assert "there is no screen to open the panel on" in done.stderr
    assert "farmfutures jobs" in done.stderr
