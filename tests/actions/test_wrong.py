"""What is wrong with a request: a row for each way, and what would mend it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Feature, Report, Settings
from farmfutures.engines.report import Support
from farmfutures_maya.actions import find
from farmfutures_maya.actions.request import PYTHON, Request, Scene
from farmfutures_maya.actions.surroundings import Surroundings
from farmfutures_maya.actions.wrong import wrong

ACTIONS = find().actions


def existing(names: Sequence[str]) -> list[str]:
    return [name for name in names if name in ("|a", "|b")]


ABLE = {feature: Support(True) for feature in Feature}
POOR = {**ABLE, Feature.PRIORITY: Support(False, "its queue has none"), Feature.TIMEOUT: Support(False)}
IN_MAYA = Surroundings(
    in_maya=True, version="2026", versions=("2026", "2025.3"), scene="/p/shot.ma", workspace="/p", span=(10, 20),
    selection=("|a",), existing=existing, settings=Settings(slots=8),
    environ={"STUDIO_SHOW": "x", "FTRACK_API_KEY": "s", "SHOT": "1", "PATH": "/"},
    reports={"local": Report("local", ABLE),
             "poor": Report("poor", POOR, {"poor_mem": "--mem", "poor_array": "refused: it sets it itself"})},
)  # fmt: skip
OUTSIDE = dataclasses.replace(IN_MAYA, in_maya=False, scene="", selection=())
FINE: dict[str, dict[str, Any]] = {
    "script": {"values": {"source": "1"}}, "function": {"values": {"function": "json:dumps"}},
    "on_nodes": {"values": {"function": "maya.cmds:ls"}, "nodes": ("|a",)}, "render": {},
    "alembic": {"nodes": ("|a", "|b"), "frames": "1-5"}, "playblast": {"frames": "1"},
}  # fmt: skip


def judged(here: Surroundings, action: str, **asked: Any) -> list[tuple[str, str, str, list[str]]]:
    request = Request(action=action, **{**FINE[action], **asked})
    found = wrong(request, ACTIONS[action], here)
    return [(one.field, str(one.severity), str(one), [mend.label for mend in one.mends]) for one in found]


@pytest.fixture(autouse=True)
def maya_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """``maya.cmds:ls`` is importable in a Maya."""
    real = __import__("importlib.util").util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *rest: True if name == "maya" else real(name, *rest))


@pytest.mark.parametrize("action", FINE)
def test_nothing_is_wrong(action: str) -> None:
    assert judged(IN_MAYA, action) == []


CASES: list[tuple[Surroundings, str, dict[str, Any], str, str, str, list[str]]] = [
    (IN_MAYA, "script", {"values": {"source": "("}}, "values.source", "error", "Line 1: '(' was never closed.", []),
    (IN_MAYA, "script", {"values": {}}, "values.source", "error", "It is missing. An expression", []),
    (IN_MAYA, "alembic", {"values": {"step": 0}}, "values.step", "error", "It is not between 0.001 and 1000", ["Use 0.001"]),
    (IN_MAYA, "alembic", {"frames": ""}, "frames", "error", "There are no frames. Export Alembic needs", ["Playback range"]),
    (IN_MAYA, "alembic", {"frames": "1-x"}, "frames", "error", "'1-x' is no frame range", ["Playback range"]),
    (IN_MAYA, "script", {"frames": "1-999999999"}, "frames", "error", "1-999999999 has more than 1,048,576", ["Playback range"]),
    (IN_MAYA, "script", {"frames": "1-3", "chunk": 5}, "chunk", "note", "There are 3 frames. All of them are one", []),
    (IN_MAYA, "alembic", {"nodes": ()}, "nodes", "error", "No node is chosen. Select some", []),
    (IN_MAYA, "alembic", {"nodes": ("|a", "|z")}, "nodes", "error", "The scene has no node |z", ["Leave out"]),
    (IN_MAYA, "script", {"scene": Scene.FILE}, "filename", "error", "No scene is named", []),
    (IN_MAYA, "script", {"scene": Scene.FILE, "filename": "a.txt"}, "filename", "error", "That is no scene", []),
    (IN_MAYA, "script", {"scene": Scene.FILE, "filename": "/no.ma"}, "filename", "error", "There is no file /no.ma", []),
    (IN_MAYA, "render", {"scene": Scene.NONE}, "scene", "error", "Render looks at the scene", ["Send it as on screen"]),
    (IN_MAYA, "script", {"workspace": "/no"}, "workspace", "error", "There is no folder /no", ["Use the session's"]),
    (IN_MAYA, "alembic", {"version": PYTHON}, "version", "error", "Export Alembic needs a Maya", ["Choose Maya"]),
    (IN_MAYA, "script", {"version": "twelve"}, "version", "error", "", []),
    (IN_MAYA, "script", {"version": "2024"}, "version", "warning", "There is no Maya 2024 on this machine. There is 2026, 2025.3",
     ["Use 2026"]),
    (IN_MAYA, "script", {"cpus": 9}, "cpus", "warning", "This machine runs 8 interpreters at once", ["Use 8"]),
    (IN_MAYA, "script", {"engine": "gone"}, "engine", "error", "There is no engine gone here. There are: local, poor",
     ["Use the usual one"]),
    (IN_MAYA, "script", {"engine": "poor", "priority": 60}, "priority", "error", "The engine poor can't: its queue has none",
     ["Leave it out"]),
    (IN_MAYA, "script", {"engine": "poor", "timeout_s": 5.0}, "timeout_s", "error", "The engine poor can't: it says nothing",
     ["Leave it out"]),
    (IN_MAYA, "script", {"variables": ("FTRACK_API_KEY",)}, "variables", "error", "FTRACK_API_KEY looks like a secret",
     ["Send as a secret", "Leave out"]),
    (IN_MAYA, "script", {"variables": ("PATH",)}, "variables", "error", "PATH is the worker's own", ["Leave out"]),
    (IN_MAYA, "script", {"variables": ("NO_SUCH",)}, "variables", "warning", "NO_SUCH is not set", ["Leave out"]),
    (IN_MAYA, "script", {"variables": ("SHOT",)}, "variables", "note", "SHOT travels anyway", ["Leave out"]),
    (IN_MAYA, "script", {"options": ("fast",)}, "options", "error", "'fast' is no option. Write name=value", ["Leave out"]),
    (IN_MAYA, "script", {"options": ("priority=3",)}, "options", "error", "The option priority has a field of its own",
     ["Leave out"]),
    (IN_MAYA, "script", {"options": ("grups=gpu",)}, "options", "error", "Did you mean 'groups'?", ["Leave out"]),
    (IN_MAYA, "script", {"options": ("detached=maybe",)}, "options", "error", "detached='maybe': give True or False",
     ["Leave out"]),
    (IN_MAYA, "script", {"options": ("slurm_mem=8G",)}, "options", "error", "is an option of the slurm engine", ["Leave out"]),
    (IN_MAYA, "script", {"engine": "poor", "options": ("poor_array=1",)}, "options", "error", "poor_array is refused: it sets it",
     ["Leave out"]),
    (OUTSIDE, "script", {"version": PYTHON, "options": ("strict=True",)}, "options", "error", "has no option 'strict'",
     ["Leave out"]),
    (IN_MAYA, "script", {"secrets": ("FTRACK_*",)}, "secrets", "error", "FTRACK_* is no name", ["Leave out"]),
    (IN_MAYA, "script", {"secrets": ("GONE_KEY",)}, "secrets", "warning", "GONE_KEY is not set", ["Leave out"]),
    (dataclasses.replace(IN_MAYA, modified=True), "script", {"scene": Scene.SAVED}, "scene", "warning", "The scene has changes",
     ["Send it as on screen"]),
    (dataclasses.replace(IN_MAYA, scene=""), "script", {"scene": Scene.SAVED}, "scene", "error", "The scene was never saved",
     ["Send it as on screen"]),
    (OUTSIDE, "script", {}, "scene", "error", "No scene is open outside of Maya", ["Name a file", "Open none"]),
    (OUTSIDE, "render", {}, "action", "error", "Render looks at the open scene, and this is no Maya", []),
    (OUTSIDE, "alembic", {"frames": "", "scene": Scene.NONE}, "frames", "error", "There are no frames", []),
]  # fmt: skip


@pytest.mark.parametrize(("here", "action", "asked", "field", "severity", "said", "mends"), CASES)
def test_what_is_wrong(
    here: Surroundings, action: str, asked: dict[str, Any], field: str, severity: str, said: str, mends: list[str]
) -> None:  # fmt: skip
    found = [one for one in judged(here, action, **asked) if one[0] == field and one[1] == severity]
    assert len(found) == 1, found
    assert said in found[0][2]
    assert found[0][3] == mends


def test_everything_is_said_at_once_the_worst_first() -> None:
    found = judged(IN_MAYA, "alembic", frames="", nodes=(), workspace="/no", cpus=99, values={"step": -1})
    assert [(field, severity) for field, severity, *_ in found] == [
        ("values.step", "error"), ("frames", "error"), ("nodes", "error"), ("workspace", "error"), ("cpus", "warning"),
    ]  # fmt: skip


def test_what_an_engine_can_not_do_is_said_before_it_is_asked_for() -> None:
    assert [(field, severity) for field, severity, *_ in judged(IN_MAYA, "script", engine="poor")] == [
        ("priority", "note"), ("timeout_s", "note"),
    ]  # fmt: skip


def test_an_engine_that_nobody_asked_yet_is_not_judged() -> None:
    assert judged(dataclasses.replace(IN_MAYA, reports={}), "script", engine="gone", priority=99) == []


def test_options_that_the_engine_has_are_fine() -> None:
    assert judged(IN_MAYA, "script", options=("groups=gpu", "strict=True", "restore='keep'")) == []
    fine = judged(IN_MAYA, "script", engine="poor", options=("poor_mem=8G",))
    assert [field for field, *_ in fine if field == "options"] == []


def test_a_plain_python_needs_no_scene(tmp_path: Path) -> None:
    assert judged(OUTSIDE, "script", version=PYTHON, workspace="/no", variables=("NO",)) == []
    scene = tmp_path / "a.ma"
    scene.write_text("")
    assert judged(OUTSIDE, "script", scene=Scene.FILE, filename=str(scene)) == []
