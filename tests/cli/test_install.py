"""``farmfutures install`` and ``uninstall``: what they say, and their exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import farmfutures

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Of a user with a Maya folder of their own, at a terminal of 80 columns."""
    scripts = str(ROOT / "scripts")
    return {**os.environ, "PYTHONPATH": scripts, "COLUMNS": "80", "PYTHONUTF8": "1", "MAYA_APP_DIR": str(tmp_path / "maya")}


def test_there_and_away_again(ff: Any, wheels: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    done = ff("install", "--maya", "2026", "--wheels", wheels, env=environ)
    said = " ".join(done.stdout.split())
    assert f"installed farmfutures {farmfutures.__version__} for Maya 2026 " in said
    assert "cp311 cloudpickle" in said
    assert "Plug-in Manager" in said
    assert (tmp_path / "maya/modules/farmfutures.mod").is_file()
    again = ff("install", "--undo", env=environ)
    assert again.stdout == f"removed farmfutures from {tmp_path / 'maya/modules'}\n"
    assert list(tmp_path.iterdir()) == []
    assert "has put nothing into" in ff("uninstall", env=environ, code=1).stderr


def test_for_a_studio_as_json(ff: Any, wheels: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    done = ff("install", "--site", "site", "--maya", "2025", "--maya", "2026", "--wheels", wheels, "--json", env=environ)
    said = json.loads(done.stdout)
    assert said["mod"] == str(tmp_path / "site/farmfutures.mod")
    assert said["mayas"] == [2025, 2026]
    (tmp_path / "site/farmfutures/notes.txt").write_text("mine")
    left = ff("uninstall", "--site", "site", env=environ, code=1)
    assert f"left {tmp_path / 'site/farmfutures/notes.txt'}" in left.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--user", "--site", "x"], 2, "give one of them"),
        (["--maya", "2024"], 2, "that is Maya 2025 or later"),
        (["--wheels", "absent"], 1, "there is no folder of wheels absent"),
    ],
)
def test_what_goes_wrong(ff: Any, environ: dict[str, str], tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    done = ff("install", *arguments, env=environ, code=code)
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
