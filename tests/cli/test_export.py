"""``farmfutures export``: a job as files, run by whoever has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openjd.sessions", reason="pip install 'farmfutures[openjd]'")

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.timeout(90)  # Many processes, one after the other.


def openjd_run(bundle: Path) -> subprocess.CompletedProcess[str]:
    values = f"file://{bundle / 'parameters.json'}"
    command = [sys.executable, "-m", "openjd", "run", str(bundle / "template.json"), "-p", values]
    return subprocess.run(command, capture_output=True, text=True, timeout=25, check=False)


def outcomes(ff: Any, bundle: Path, job: int) -> list[str]:
    spool = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "FARMFUTURES_SPOOL": str(bundle / "shared")}
    said = json.loads(ff("--engine", "openjd", "show", job, "--json", env=spool).stdout)
    return [f"{item['name']}: {item['state']}" for item in said["items"]]


@pytest.fixture(autouse=True)
def sessions_folder(own_temp: Path) -> Any:
    """openjd leaves the folder in which it makes those of sessions."""
    yield
    for path in own_temp.iterdir():
        if path.name.lower() == "openjd":
            path.rmdir()


@pytest.mark.parametrize(
    ("arguments", "items"),
    [
        (["--frames", "1-3", "frame ** 2"], ["frame 0001: complete", "frame 0002: complete", "frame 0003: complete"]),
        (["--frames", "8,9", "math:factorial"], ["frame 0008: complete", "frame 0009: complete"]),
        (["-i", "math", "result = math.pi; print(result)"], ["1: farmfutures.cli.source.evaluate: complete"]),
        (["os:getpid"], ["1: os.getpid: complete"]),
    ],
    ids=["expression", "function", "statements", "one call"],
)
def test_what_is_exported_runs_elsewhere(ff: Any, tmp_path: Path, arguments: list[str], items: list[str]) -> None:
    bundle = tmp_path / "bundle"
    done = ff("export", "--openjd", bundle, *arguments)
    assert done.stdout.strip() == str(bundle / "template.json")
    assert f"farmfutures: run it:  openjd run {bundle / 'template.json'} -p file://{bundle / 'parameters.json'}" in done.stderr
    assert f"FARMFUTURES_SPOOL={bundle / 'shared'} farmfutures --engine openjd show 1" in done.stderr
    ran = openjd_run(bundle)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert outcomes(ff, bundle, 1) == items


def test_chunks_and_json(ff: Any, tmp_path: Path) -> None:
    said = json.loads(ff("export", "--openjd", "bundle", "--frames", "1-6", "--chunk", "4", "--json", "frame").stdout)
    assert (said["job_id"], said["items"], said["spool"]) == (1, 6, str(tmp_path / "bundle" / "shared"))
    template = json.loads(Path(said["template"]).read_text())
    (parameter,) = template["steps"][0]["parameterSpace"]["taskParameterDefinitions"]
    assert (parameter["range"], parameter["chunks"]["defaultTaskCount"]) == ("0-5", 4)


def test_the_shared_folder_of_the_settings_is_used_where_there_is_one(
    ff: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "farm").mkdir()
    monkeypatch.setenv("FARMFUTURES_SPOOL", str(tmp_path / "farm"))
    done = ff("export", "--openjd", "bundle", "1 + 1")
    assert "then look at it:  farmfutures --engine openjd show 1" in done.stderr
    assert not (tmp_path / "bundle" / "shared").exists()
    assert json.loads((tmp_path / "bundle" / "parameters.json").read_text())["JobFolder"].startswith(str(tmp_path / "farm"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--openjd", "bundle", "1 +"], "the source is not Python"),
        (["--openjd", "bundle", "--frames", "one", "frame"], "one"),
        (["1"], "Missing option '--openjd'"),
        (["--openjd", "full", "1"], "holds other things"),
        (["--openjd", "bundle", "--priority", "60", "1"], "the openjd engine can't honour priority=60"),
    ],
)
def test_what_can_not_be_exported(ff: Any, tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    done = ff("export", *arguments, code=2)
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
