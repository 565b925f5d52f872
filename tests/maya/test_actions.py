"""The actions that come with us, in workers: scripts, functions, images, caches; from the scene to the files."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures.errors import OptionError, RenderError
from farmfutures.maya import actions
from farmfutures_maya.actions.rendering import planned, runs

SCENE = """//Maya ASCII 2026 scene
requires maya "2026";
createNode transform -n "rig";
createNode transform -n "ball" -p "rig";
createNode animCurveTL -n "ball_tx";
	setAttr -s 2 ".ktv[0:1]"  1 0 11 10;
	setAttr ".tan" 2;
createNode transform -n "cam";
createNode camera -n "camShape" -p "cam";
createNode transform -n "other";
createNode camera -n "otherShape" -p "other";
	setAttr ".rnd" no;
createNode renderLayer -n "defaultRenderLayer";
select -ne :defaultRenderGlobals;
	setAttr ".an" yes;
	setAttr ".fs" 1;
	setAttr ".ef" 4;
connectAttr "ball_tx.o" "ball.tx";
"""

Run = Callable[..., list[Any]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a scene in it."""
    (tmp_path / "project" / "scenes").mkdir(parents=True, exist_ok=True)
    (tmp_path / "project" / "scenes" / "shot.ma").write_text(SCENE)
    return tmp_path / "project"


@pytest.fixture
def run(no_maya: None, shared_farm: Path, project: Path, make: Callable[..., Any]) -> Run:
    """Submits an action for that scene, from no Maya, and returns the results."""

    def run(name: str, values: dict[str, Any] | None = None, **asked: Any) -> list[Any]:
        executor = make(filename=project / "scenes" / "shot.ma", workspace=project, cpus=1)
        return [future.result(25) for future in actions.submit(name, executor, values, **asked)]

    return run


def test_scripts(run: Run) -> None:
    at = "cmds.currentTime(query=True), frame, cmds.getAttr('ball.translateX')"
    assert run("script", {"source": at}, frames="1-3", chunk=2) == [[(1.0, 1, 0.0), (2.0, 2, 1.0)], [(3.0, 3, 2.0)]]
    assert run("script", {"source": "result = item.upper()"}, items=["a", "b"]) == ["A", "B"]
    mel = {"source": 'setAttr "ball.translateY" $frame; getAttr "ball.translateY";', "language": "MEL"}
    assert run("script", mel, frames="4,2") == [4.0, 2.0]


def test_functions(run: Run) -> None:
    assert run("function", {"function": "math:pow", "arguments": ["3"]}, frames="2,3") == [8.0, 27.0]
    assert run("function", {"function": "builtins:max", "arguments": ["'a'", "b"]}) == ["b"]
    assert run("on_nodes", {"function": "maya.cmds:nodeType"}, nodes=["|rig|ball", "camShape"]) == ["transform", "camera"]


def images(paths: list[str]) -> list[tuple[str, tuple[int, int]]]:
    return [(Path(path).name, struct.unpack(">II", Path(path).read_bytes()[16:24])) for path in paths]


def test_playblasts(run: Run, project: Path) -> None:
    written = run("playblast", {"width": 64, "height": 36, "camera": "other"}, frames="1-3", chunk=2)
    assert [images(paths) for paths in written] == [
        [("shot.0001.png", (64, 36)), ("shot.0002.png", (64, 36))],
        [("shot.0003.png", (64, 36))],
    ]
    assert Path(written[0][0]).parent == project / "movies"
    with pytest.raises(ValueError, match="there is no camera nobody in the scene"):
        run("playblast", {"camera": "nobody"}, frames="1")


def exported(path: str) -> Any:
    return json.loads(Path(path).read_text())


CACHES = [
    ("alembic", ".abc", "Alembic", {"step": 0.5}, ["1", "1.5", "2", "2.5", "3"]),
    ("usd", ".usda", "USD", {"ascii": True}, ["1", "2", "3"]),
    ("fbx", ".fbx", "FBX", {}, ["1", "2", "3"]),
]


@pytest.mark.parametrize(("name", "ending", "kind", "values", "frames"), CACHES)
def test_caches(
    run: Run, project: Path, name: str, ending: str, kind: str, values: dict[str, Any], frames: list[str]
) -> None:  # fmt: skip
    ball, cam = run(name, values, nodes=["ball", "|cam"], frames="1-3")
    assert [Path(path).relative_to(project).as_posix() for path in (ball, cam)] == [
        f"cache/{name}/shot_ball{ending}", f"cache/{name}/shot_cam{ending}",
    ]  # fmt: skip
    found = exported(ball)
    assert (found["stand-in for"], list(found["frames"])) == (kind, frames)
    assert found["frames"]["3"]["|rig|ball"][12] == pytest.approx(2.0)


def test_a_node_that_the_sent_scene_lacks_is_said(run: Run) -> None:
    with pytest.raises(ValueError, match=r"there is no node gone in .*shot.ma: choose it again"):
        run("alembic", nodes=["gone"], frames="1")


def test_an_exporter_that_writes_nothing_is_said(run: Run, project: Path, tmp_path: Path) -> None:
    from farmfutures_maya.actions import caches

    with pytest.raises(RenderError, match="the exporter ended and there is no"):
        caches._written(str(tmp_path / "no.abc"))


def test_rendering_takes_layers_cameras_and_frames_of_the_open_scene(maya: Any, project: Path, state: Path, make: Any) -> None:
    maya.cmds.workspace(str(project), openWorkspace=True)
    maya.cmds.file(str(project / "scenes" / "shot.ma"), open=True, force=True)
    executor = make(clone_environ=True, cpus=1)
    futures = actions.submit("render", executor, {"size_percent": 10, "cameras": ["cam"]}, frames="1,2,4", chunk=2, name="Beauty")
    assert [future.name for future in futures] == ["defaultRenderLayer cam 1-2", "defaultRenderLayer cam 4"]
    assert [images(future.result(25)) for future in futures] == [
        [("shot.0001.png", (96, 54)), ("shot.0002.png", (96, 54))], [("shot.0004.png", (96, 54))],
    ]  # fmt: skip
    with farmfutures.Farm() as farm:
        assert farm.job(futures[0].job_id).name == "Beauty"
    with pytest.raises(RenderError, match="the camera side is not renderable. There are: .*cam"):
        actions.submit("render", executor, {"cameras": ["side"]})


def test_frames_are_cut_into_runs_that_render_takes() -> None:
    assert runs([3, 1, 2, 3]) == [([1, 2, 3], 1)]
    assert runs([1, 3, 5, 6, 20, 22]) == [([1, 3, 5], 2), ([6], 1), ([20], 1), ([22], 1)]


def test_layers_that_are_not_chosen_are_left_out() -> None:
    one = farmfutures.maya.RenderPass("a", "cam", "arnold", 1, 5, 2, "<Scene>", 100, 50)
    other = farmfutures.maya.RenderPass("b", "cam", "arnold", 1, 5, 2, "<Scene>", 100, 50)
    plan = farmfutures.maya.RenderPlan("s.ma", "/p", "/p/images", (one, other))
    assert [(found.layer, found.frames) for found in planned(plan, ["b"], [], 100, None).passes] == [("b", (1, 3, 5))]
    assert [found.frames for found in planned(plan, [], ["cam"], 50, [7, 8]).passes] == [(7, 8), (7, 8)]


def test_a_session_action_that_starts_no_batch_is_said(maya: Any) -> None:
    from farmfutures_maya.actions.submitting import Filling

    def nothing(setup: actions.SetupOf) -> Any:
        yield from ()

    action = actions.Action("nothing", "Nothing", "", nothing, runs_in="session")
    filling = Filling(action, None, {}, actions_asked())
    assert filling.step() is False
    with pytest.raises(OptionError, match="the action 'nothing' started no batch"):
        _ = filling.batch


def actions_asked() -> Any:
    from farmfutures_maya.actions.split import Asked

    return Asked()
