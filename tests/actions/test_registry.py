"""Actions of ours, of packages and of folders; what is broken is told and left out."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import farmfutures
from farmfutures.errors import OptionError
from farmfutures_maya.actions import Found, find, registry, submit

GOOD = """
import enum
from pathlib import Path
from farmfutures.maya import actions

class Side(enum.Enum):
    LEFT = "left"
    RIGHT = "right"

def _double(number):
    return 2 * number

@actions.action("Double", name="double", runs_in="anywhere", group="Studio")
def double(frame: actions.Frame, side: Side = Side.LEFT, folder: Path = Path("here")) -> list:
    '''Doubles frames.'''
    return [_double(frame), side.value, isinstance(folder, Path)]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "studio"
    folder.mkdir()
    monkeypatch.setenv("FARMFUTURES_ACTIONS", str(folder))
    return folder


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Found]:
    """Looks, and forgets afterwards what was loaded."""
    before = set(sys.modules)
    monkeypatch.setattr(registry, "_loaded", {})

    def look() -> Found:
        try:
            return find()
        finally:
            for name in set(sys.modules) - before:
                if name.startswith("farmfutures_actions_"):
                    monkeypatch.delitem(sys.modules, name, raising=False)
                    before.discard(name)

    return look


def test_ours_are_there() -> None:
    found = find()
    assert list(found.actions) == ["script", "function", "on_nodes", "render", "playblast", "alembic", "usd", "fbx"]
    assert found.troubles == []
    assert all(action.help and action.group and not action.by_value for action in found.actions.values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def broken(:\n", "line 1: SyntaxError"),
        ("\n\nimport no_such_module\n", "line 3: ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise SystemExit('no')", "line 1: SystemExit: no"),
        ("x = 1\n", "LookupError: no function in it is marked with @actions.action"),
        ("from farmfutures.maya import actions\n@actions.action\ndef f(x: object): ...\n", "OptionError: the action f: "),
    ],
)
def test_a_broken_file_is_told_and_left_out(folder: Path, looked: Callable[[], Found], text: str, said: str) -> None:
    (folder / "a_broken.py").write_text(text)
    (folder / "good.py").write_text(GOOD)
    (folder / "_helper.py").write_text("raise SystemExit")
    found = looked()
    (trouble,) = found.troubles
    assert trouble.startswith(f"{folder / 'a_broken.py'} can't be used")
    assert said in trouble
    assert trouble.endswith("Everything else is there; mend it and look again.")
    assert found.actions["double"].source == str(folder / "good.py")
    assert list(found.actions)[0] == "script"


def test_a_folder_that_is_not_there_is_told(folder: Path) -> None:
    folder.rmdir()
    assert find().troubles == [f"There is no folder {folder} to take actions from: mend the setting 'actions'."]


def test_what_a_file_imports_is_not_its_own(folder: Path, looked: Callable[[], Found]) -> None:
    (folder / "mine.py").write_text(
        "from farmfutures.maya import actions\nfrom farmfutures_maya.actions.scripts import run_script\n"
        "@actions.action\ndef mine(): ...\n"
    )
    found = looked()
    assert (found.actions["script"].by_value, found.actions["mine"].by_value) == (False, True)


def test_a_file_that_was_mended_is_looked_at_again(folder: Path, looked: Callable[[], Found]) -> None:
    (folder / "good.py").write_text("1/0")
    assert "ZeroDivisionError" in looked().troubles[0]
    (folder / "good.py").write_text(GOOD)
    first = looked()
    assert (first.troubles, first.actions["double"].label) == ([], "Double")
    (folder / "good.py").write_text(GOOD.replace('"Double"', '"Twice"') + "# longer")
    assert looked().actions["double"].label == "Twice"


def point(load: Callable[[], object]) -> SimpleNamespace:
    return SimpleNamespace(load=load, value="studio.farm", dist=SimpleNamespace(name="studio-tools"))


def test_packages_add_theirs_and_a_broken_one_costs_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    from farmfutures_maya.actions.scripts import run_script

    def broken() -> object:
        raise ImportError("no OpenImageIO")

    def entry_points(group: str) -> list[SimpleNamespace]:
        assert group == "farmfutures.actions"
        return [point(broken), point(lambda: run_script)]

    monkeypatch.setattr(registry, "entry_points", entry_points)
    found = find()
    assert found.actions["script"].source == "studio-tools"
    assert found.troubles == [
        "the actions studio.farm of the package studio-tools can't be used: ImportError: no OpenImageIO. Everything else is "
        "there; mend it and look again."
    ]


def test_entry_points_are_those_that_are_installed() -> None:
    assert list(importlib.metadata.entry_points(group=registry.GROUP)) == []


def test_an_action_of_a_folder_runs_where_the_folder_is_not(folder: Path, state: Path) -> None:
    (folder / "good.py").write_text(GOOD)
    try:
        with farmfutures.Executor(cpus=1) as executor:
            (folder / "good.py").touch()
            futures = submit("double", executor, {"side": "right"}, frames="1-3", chunk=2, priority=60, env={"A": "b"})
            (folder / "good.py").write_text("raise SystemExit('changed after the submit')")
            assert [future.result(20) for future in futures] == [[[2, "right", True], [4, "right", True]], [[6, "right", True]]]
            assert [future.name for future in futures] == ["frames 0001-0002", "frame 0003"]
        with farmfutures.Farm() as farm:
            job = farm.job(futures[0].job_id)
            assert (job.name, job.priority) == ("Double", 60)
    finally:
        for name in [name for name in sys.modules if name.startswith("farmfutures_actions_")]:
            del sys.modules[name]


def test_an_action_that_is_not_there_is_said() -> None:
    with pytest.raises(OptionError, match=r"there is no action 'doubel'. There are: alembic, fbx, function, .*"):
        submit("doubel", None)


def test_an_action_is_data_but_for_its_function() -> None:
    (action,) = [action for action in find().actions.values() if action.name == "usd"]
    assert dataclasses.replace(action, label="x").params == action.params
