"""``farmfutures demo``: the main job from end to end."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

import farmfutures.maya
from farmfutures.cli.demo import Story
from farmfutures.errors import InterpreterNotFoundError

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in's mayapy is a shell script")


@pytest.mark.timeout(120)
def test_the_main_job(ff: Any, state: Path, mayapy: Path, tmp_path: Path, own_temp: Path) -> None:
    pytest.importorskip("matplotlib", reason="pip install 'farmfutures[demo]'")
    environ = {
        **os.environ, "PYTHONPATH": str(ROOT / "scripts"), "PYTHONUTF8": "1", "COLUMNS": "120",
        "FARMFUTURES_MAYAPY": str(mayapy), "FARMFUTURES_STORE": str(tmp_path / "store"),
    }  # fmt: skip
    done = ff("demo", env=environ, timeout=110)
    assert "Traceback" not in done.stderr
    text = done.stdout
    assert "stand-in" in text or "mayasim" not in str(mayapy)
    assert str(mayapy) in text
    assert re.search(r"not_saved_yet +transform", text)  # The workers had what was not saved.
    frames = sum(int(n) for n in re.findall(r"\(pid \d+\) +(\d+)", text))
    assert frames >= 48
    assert len(re.findall(r"\(pid \d+\)", text)) <= 2
    logs = re.findall(r"logs in (.*)", text)
    assert [path for path in logs if not Path(path.strip()).is_dir()] == []
    png = tmp_path / "farmfutures-demo.png"
    assert png.read_bytes().startswith(b"\x89PNG")
    _what_next_works(ff, text)


def _what_next_works(ff: Any, text: str) -> None:
    commands = re.findall(r"^  (\S.*?farmfutures .*?)  +\S", text.partition("what next")[2], re.MULTILINE)
    assert len(commands) >= 4
    for command in commands:
        ff(*shlex.split(command.partition("farmfutures ")[2]))


def test_without_maya_and_without_the_stand_in_it_is_one_sentence(
    ff: Any, state: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("farmfutures_maya.demo.FOLDER", tmp_path / "site-packages" / "farmfutures_maya" / "demo")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("MAYA_LOCATION", raising=False)
    with pytest.raises(InterpreterNotFoundError, match="the demo needs Maya, and there is none"):
        farmfutures.maya.Demo.find()


def broken_mayapy(tmp_path: Path, script: str) -> dict[str, str]:
    broken = tmp_path / "mayapy"
    broken.write_text(f"#!/bin/sh\n{script}")
    broken.chmod(0o755)
    own = {"PYTHONPATH": str(ROOT / "scripts"), "FARMFUTURES_MAYAPY": str(broken), "FARMFUTURES_SIM_PYTHON": sys.executable}
    return {**os.environ, **own}


def test_a_session_that_breaks_is_shown_with_its_last_words(ff: Any, state: Path, tmp_path: Path) -> None:
    stand_in = ROOT / "tests" / "mayasim" / "bin" / "mayapy"
    script = f"case $1 in *session.py) echo 'no licence for you' >&2; exit 3;; esac\nexec {stand_in} \"$@\"\n"
    done = ff("demo", code=1, env=broken_mayapy(tmp_path, script))
    assert "the demo's Maya session ended early: no licence for you" in done.stderr


def test_a_mayapy_that_was_named_and_is_none_is_not_replaced_by_the_stand_in(ff: Any, state: Path, tmp_path: Path) -> None:
    done = ff("demo", code=2, env=broken_mayapy(tmp_path, "echo 'no licence for you' >&2\nexit 3\n"))
    assert "is no mayapy: asked for its version, it exited with code 3 (no licence for you)" in done.stderr


def test_the_story_keeps_what_was_told() -> None:
    story = Story()
    for event in (
        {"event": "session", "version": "2026"},
        {"event": "submitted", "kind": "types", "job": 1},
        {"event": "type", "node": "a"},
        {"event": "frame", "frame": 1},
        {"event": "done", "kind": "types", "seconds": 2.0},
        {"event": "end"},
    ):
        story.take(event)
    assert (story.session["version"], story.jobs["types"]["job"], len(story.types)) == ("2026", 1, 1)
    assert (len(story.frames), story.seconds, story.ended) == (1, {"types": 2.0}, True)
