"""``farmfutures doctor``: how it looks, and its exit code."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


@pytest.fixture
def environ(mayapy: Path, tmp_path: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAYA_")}
    ours = {"PYTHONPATH": str(ROOT / "scripts"), "COLUMNS": "80", "FARMFUTURES_MAYAPY": str(mayapy), "PYTHONUTF8": "1"}
    return {**plain, **ours, "FARMFUTURES_STORE": str(tmp_path / "store"), "MAYA_MODULE_PATH": str(ROOT)}


def test_all_is_well(ff: Any, state: Path, environ: dict[str, str]) -> None:
    done = ff("doctor", env=environ)
    lines = done.stdout.splitlines()
    assert lines[0] == "this machine"
    assert lines[-1] == "everything fits"
    assert [line for line in lines if len(line) > 80] == []
    assert "\x1b" not in done.stdout
    signs = {line[0] for line in lines if line[:1].strip() and line.startswith(("✔", "✘", "▲", "◌"))}
    assert signs == {"✔"}


def test_what_is_wrong_has_its_advice_below_and_is_the_exit_code(ff: Any, state: Path, environ: dict[str, str]) -> None:
    done = ff("doctor", env=environ | {"FARMFUTURES_SIM_FAULT": "licence"}, code=1)
    lines = done.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("✘ start and licence"))
    assert any(line.strip().startswith("→ mend what it names") for line in lines[at:])
    assert "1 thing is wrong" in lines[-1]


def test_where_there_is_ascii_only(ff: Any, state: Path, environ: dict[str, str]) -> None:
    done = ff("doctor", "--quick", env=environ | {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.stdout.isascii()
    assert "\n+ mayapy" in done.stdout
    assert "\n. start and licence" in done.stdout


def test_as_json(ff: Any, state: Path, environ: dict[str, str]) -> None:
    said = json.loads(ff("doctor", "--quick", "--json", env=environ).stdout)
    assert said["ok"] is True
    assert {"group": "this machine", "what": "broker", "verdict": "ok"}.items() <= said["findings"][6].items()
    broken = ff("doctor", "--quick", "--json", env=environ | {"FARMFUTURES_SLOTS": "many"}, code=1)
    assert json.loads(broken.stdout)["ok"] is False
