"""What becomes importable, and what importing costs: promises to the Maya that we are a guest in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
HEAVY = {
    "zmq",
    "sqlite3",
    "cloudpickle",
    "PySide6",
    "PySide2",
    "maya",
    "click",
    "rich",
    "matplotlib",
    "numpy",
    "asyncio",
}


def run(code: str, cwd: Path) -> Any:
    """Runs code where nothing but ``scripts`` is on the path, as in Maya, and returns the JSON that it prints."""
    environ = {**os.environ, "PYTHONPATH": str(SCRIPTS), "PYTHONSAFEPATH": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def loaded_by(statement: str, cwd: Path) -> set[str]:
    code = f"import sys, json; before = set(sys.modules)\n{statement}\nprint(json.dumps(sorted(set(sys.modules) - before)))"
    return {name.partition(".")[0] for name in run(code, cwd)}


def test_importing_farmfutures_is_cheap(tmp_path: Path) -> None:
    assert loaded_by("import farmfutures", tmp_path) & HEAVY == set()


def test_importing_the_maya_side_needs_no_maya(tmp_path: Path) -> None:
    assert loaded_by("import farmfutures.maya", tmp_path) & (HEAVY - {"asyncio"}) == set()


def test_q55_the_library_imports_without_site_packages(tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); import farmfutures, farmfutures.maya; print(1)"
    done = subprocess.run([sys.executable, "-S", "-E", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_q54_with_only_scripts_on_the_path_the_two_packages_are_there_and_nothing_else(tmp_path: Path) -> None:
    code = """
import importlib.util, json
import farmfutures.maya
names = ["plugins", "tests", "scripts", "shelves", "docs"]
print(json.dumps({
    "module": farmfutures.maya.Executor.__module__,
    "importable": [name for name in names if importlib.util.find_spec(name)],
}))
"""
    assert run(code, tmp_path) == {"module": "farmfutures.maya", "importable": []}


def test_a_pickle_made_here_loads_where_only_scripts_is_on_the_path(tmp_path: Path) -> None:
    code = """
import pickle, json, sys
import farmfutures.maya
data = pickle.dumps([farmfutures.maya.Session, farmfutures.maya.bootstrap, farmfutures.Executor, farmfutures.State])
print(json.dumps(data.hex()))
"""
    data = run(code, tmp_path)
    load = f"import pickle, json; pickle.loads(bytes.fromhex({data!r})); print(json.dumps('farmfutures_maya' in {data!r}))"
    assert run(load, tmp_path) is False
    assert b"farmfutures_maya" not in bytes.fromhex(data)
