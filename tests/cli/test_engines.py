"""``farmfutures engines``: the matrix, how each engine does things, and whether one works from here."""

from __future__ import annotations

import json
import os
import platform
import re
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import Feature
from farmfutures.engines.registry import BUILT_IN

ROOT = Path(__file__).resolve().parents[2]
ASCII = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}


def environ(*path: Path, **more: str) -> dict[str, str]:
    paths = os.pathsep.join(map(str, [ROOT / "scripts", *path]))
    return {**os.environ, "PYTHONPATH": paths, "PYTHONUTF8": "1", "COLUMNS": "100", **more}


def test_the_matrix_has_a_line_for_each_feature_and_a_column_for_each_engine(ff: Any) -> None:
    lines = ff("engines").stdout.splitlines()
    assert [name for name in BUILT_IN if name not in lines[0].split()] == []
    assert "local *" in lines[0]
    rows = {line[:27].strip(): line[27:].split() for line in lines if line.startswith("  ")}
    assert set(rows) >= {feature.value for feature in Feature}
    at = list(BUILT_IN).index("local")
    assert (rows["pause"][at], rows["requirements"][at]) == ("✔", "–")
    assert any(line.split(None, 2)[:2] == ["local", "requirements"] and "this machine" in line for line in lines)
    assert max(map(len, lines)) <= 100


def test_where_there_is_ascii_only(ff: Any) -> None:
    for arguments in (["engines"], ["engines", "show", "local"]):
        assert ff(*arguments, env=environ(**ASCII)).stdout.isascii()


def test_the_matrix_as_json(ff: Any) -> None:
    said = json.loads(ff("engines", "--json").stdout)
    assert said["problems"] == {}
    assert set(said["engines"]) == set(BUILT_IN)
    for report in said["engines"].values():
        assert set(report["features"]) == {feature.value for feature in Feature}
    assert said["engines"]["local"]["features"]["pause"] == {"can": True, "how": "what runs goes on"}


@pytest.mark.parametrize("name", BUILT_IN)
def test_how_it_does_it(ff: Any, name: str) -> None:
    text = " ".join(ff("engines", "show", name).stdout.split())
    report = farmfutures.available_engines().reports[name]
    assert [how for how in (report.get(feature).how for feature in Feature) if how.split()[0] not in text] == []
    assert [option for option in report.options if option not in text] == []
    said = json.loads(ff("engines", "show", name, "--json").stdout)
    assert said["options"] == report.options


@pytest.mark.parametrize("command", [["engines", "show", "slrum"], ["--engine", "slrum", "jobs"], ["run", "-e", "slrum", "1"]])
def test_an_engine_that_is_none(ff: Any, command: list[str]) -> None:
    done = ff(*command, code=2)
    assert done.stderr.startswith("farmfutures: there is no engine 'slrum'.")
    assert "local" in done.stderr


def test_an_engine_of_a_third_party_that_is_broken_is_said_beside_the_matrix(ff: Any, plug: Any, tmp_path: Path) -> None:
    plug("studio_farm", "raise OSError('no licence')", studio="Engine")
    broken = environ(tmp_path)
    done = ff("engines", env=broken)
    assert "pause" in done.stdout
    assert "farmfutures: studio: the engine 'studio' of studio_farm 1.5 can't be used (OSError: no licence)" in done.stderr
    assert "no licence" in ff("engines", "show", "studio", env=broken, code=3).stderr
    checked = ff("engines", "check", "studio", env=broken, code=1).stdout
    assert "no licence" in " ".join(checked.split())


def test_a_check_runs_a_call(ff: Any, state: Path) -> None:
    done = ff("engines", "check", "local")
    text = " ".join(done.stdout.split())
    assert done.stdout.splitlines()[0] == "the local engine"
    assert "everything fits" in text
    for fact in (platform.node(), f"Python {platform.python_version()}", f"farmfutures {farmfutures.__version__}", str(state)):
        assert fact in text


def test_a_check_as_json(ff: Any, state: Path) -> None:
    said = json.loads(ff("engines", "check", "local", "--json").stdout)
    assert said["ok"] is True
    assert [finding["what"] for finding in said["findings"]] == ["state folder", "broker", "a call", "worker's folder"]


def test_a_check_of_what_does_not_fit_calls_nobody(ff: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = ff("engines", "check", "local", env=environ(FARMFUTURES_STATE=str(tmp_path / "file")), code=1)
    assert "✘ state folder" in done.stdout
    assert "◌ a call" in done.stdout


def test_a_call_that_is_not_back_in_time_is_ended_and_why_is_said(ff: Any, state: Path, gated: str, gate: Path) -> None:
    ff("run", gated, env=environ(FARMFUTURES_SLOTS="1"))
    found = json.loads(ff("engines", "check", "local", "--timeout", "1", "--json", code=1).stdout)["findings"][-1]
    said = re.fullmatch(r"job (\d+) was not back after 1 s, and was ended: (.+)", found["found"])
    assert said is not None, found
    assert "is busy with job 1" in said[2]
    assert "--timeout" in found["advice"]
    gate.touch()
    ff("wait", "1")
    assert json.loads(ff("show", said[1], "--json").stdout)["state"] == "killed"
