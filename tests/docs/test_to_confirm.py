"""The page of what a real Maya has to confirm: its places are there, and each of its lines is run and says True."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "to-confirm.md"

_ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+?) \| `([^`]+)` `([^`]+)` \| (.+) \|$", re.MULTILINE)
_LINE = re.compile(r"\*(anywhere|fresh)\* `([^`]+)`")
ROWS = _ROW.findall(PAGE.read_text(encoding="utf-8"))
FIRST = re.findall(r"^- `([^`]+)`$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
LINES = {row[0]: match.groups() for row in ROWS if (match := _LINE.fullmatch(row[4]))}

BEGIN = """
import contextlib, io, json
import maya.standalone
maya.standalone.initialize()
{first}
said = {{}}
for name, line in {lines!r}.items():
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(line, dict(globals()))
        said[name] = out.getvalue().strip()
    except Exception as error:
        said[name] = f"{{type(error).__name__}}: {{error}}"
json.dump(said, open({answer!r}, "w"))
"""


def test_every_row_is_read() -> None:
    """A row that is written otherwise than the others would not be looked at."""
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| [A-Z]\d", line)]
    assert len(ROWS) == len(rows) > 20
    by_hand = {row[0] for row in ROWS if row[4].startswith("*by hand*: ")}
    assert set(LINES) | by_hand == {row[0] for row in ROWS}
    assert len(LINES) > len(by_hand)
    assert len(FIRST) == 2


@pytest.mark.parametrize(("place", "name"), [row[2:4] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_counts_is_there(place: str, name: str) -> None:
    assert re.search(rf"\b{re.escape(name)}\b", (ROOT / place).read_text(encoding="utf-8"))


def run(mayapy: Path, script: Path) -> subprocess.CompletedProcess[str]:
    here = str(script.parent)
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), here)
    environ = {**os.environ, **temporary, "MAYA_NO_STANDALONE_ATEXIT": "1", "MAYA_APP_DIR": f"{here}/prefs"}
    return subprocess.run([str(mayapy), str(script)], env=environ, capture_output=True, text=True, timeout=300, check=False)


def test_lines_for_anywhere(mayapy: Path, tmp_path: Path) -> None:
    lines = {name: line for name, (where, line) in LINES.items() if where == "anywhere"}
    script, answer = tmp_path / "lines.py", tmp_path / "answer.json"
    script.write_text(BEGIN.format(first="\n".join(FIRST), lines=lines, answer=str(answer)), encoding="utf-8")
    done = run(mayapy, script)
    assert done.returncode == 0, done.stderr
    said = json.loads(answer.read_text())
    assert said == dict.fromkeys(lines, "True")


@pytest.mark.parametrize("name", [name for name, (where, _) in LINES.items() if where == "fresh"])
def test_lines_for_a_fresh_mayapy(mayapy: Path, tmp_path: Path, name: str) -> None:
    script = tmp_path / "line.py"
    script.write_text(LINES[name][1], encoding="utf-8")
    done = run(mayapy, script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1:] == ["True"], done.stderr
