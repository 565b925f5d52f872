"""What a scene would render, layer by layer and camera by camera, and Maya's own renderer for all of it. P45."""

from __future__ import annotations

import dataclasses
import struct
from pathlib import Path
from typing import Any

import pytest

from farmfutures.errors import OptionError, RenderError
from farmfutures.maya import Chunk, Executor, RenderPass, RenderPlan, render_plan
from farmfutures_maya import menu, submitting

SCENE = """//Maya ASCII 2026 scene
requires maya "2026";
createNode transform -n "left";
createNode camera -n "leftShape" -p "left";
createNode transform -n "right";
createNode camera -n "rightShape" -p "right";
createNode transform -n "persp";
createNode camera -n "perspShape" -p "persp";
	setAttr ".rnd" no;
createNode renderLayer -n "defaultRenderLayer";
	setAttr ".rndr" no;
createNode renderLayer -n "rs_chars";
createNode renderLayer -n "rs_sky";
	setAttr ".adjs[0].val" 20;
	setAttr ".adjs[1].val" 640;
	setAttr ".adjs[2].val" -type "string" "arnold";
createNode renderLayer -n "rs_off";
	setAttr ".rndr" no;
select -ne :defaultRenderGlobals;
	setAttr ".ren" -type "string" "mayaHardware2";
	setAttr ".an" yes;
	setAttr ".fs" 10;
	setAttr ".ef" 15;
	setAttr ".bfs" 2;
	setAttr ".ifp" -type "string" "shot_v1";
select -ne :defaultResolution;
	setAttr ".w" 320;
	setAttr ".h" 180;
connectAttr ":defaultRenderGlobals.ef" "rs_sky.adjs[0].plg";
connectAttr ":defaultResolution.w" "rs_sky.adjs[1].plg";
connectAttr ":defaultRenderGlobals.ren" "rs_sky.adjs[2].plg";
"""


def opened(maya: Any, tmp_path: Path, text: str = SCENE) -> Path:
    path = tmp_path / "project" / "scenes" / "shot.ma"
    path.write_text(text)
    maya.cmds.file(str(path), open=True, force=True)
    return path


NAMES = "<RenderLayer>/<Camera>/shot_v1"
GOLDEN = (
    RenderPass("rs_chars", "left", "mayaHardware2", 10, 15, 2, NAMES, 320, 180),
    RenderPass("rs_chars", "right", "mayaHardware2", 10, 15, 2, NAMES, 320, 180),
    RenderPass("rs_sky", "left", "arnold", 10, 20, 2, NAMES, 640, 180),
    RenderPass("rs_sky", "right", "arnold", 10, 20, 2, NAMES, 640, 180),
)


def test_p45_golden_spec(maya: Any, tmp_path: Path) -> None:
    """Two layers, two cameras, one layer with a longer range, another width and another renderer."""
    scene = opened(maya, tmp_path)
    before = maya.state()
    plan = render_plan()
    assert plan == RenderPlan(str(scene), str(tmp_path / "project"), str(tmp_path / "project" / "images"), GOLDEN)
    assert {name for name, value in maya.state().items() if value != before[name]} == set()
    common = ["-b", "2", "-x", "320", "-y", "180", "-im", NAMES]
    wide = ["-b", "2", "-x", "640", "-y", "180", "-im", NAMES]
    expected = [
        (f"{layer} {camera} {name}", ["-rl", layer, "-cam", camera, "-s", start, "-e", end, *rest])
        for layer, rest in (("rs_chars", common), ("rs_sky", wide))
        for camera in ("left", "right")
        for name, start, end in (
            (("10-14", "10", "14"),) if layer == "rs_chars" else (("10-14", "10", "14"), ("16-20", "16", "20"))
        )
    ]
    assert plan.chunks(3) == [Chunk(name, tuple(flags)) for name, flags in expected]


PREFIXES = [
    ("", "<RenderLayer>/<Camera>/<Scene>"), ("<Layer>/a", "<Camera>/<Layer>/a"), ("<camera>_a", "<RenderLayer>/<camera>_a"),
    ("%l/%c/a", "%l/%c/a"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), PREFIXES)
def test_p45_layers_and_cameras_never_write_the_same_image(maya: Any, tmp_path: Path, given: str, expected: str) -> None:
    opened(maya, tmp_path, SCENE.replace("shot_v1", given))
    assert {one.prefix for one in render_plan().passes} == {expected}


def test_p45_one_layer_and_one_camera_keep_their_names(maya: Any, tmp_path: Path) -> None:
    text = SCENE.replace('"rs_sky";', '"rs_sky";\n\tsetAttr ".rndr" no;').replace(
        '-p "right";', '-p "right";\n\tsetAttr ".rnd" no;'
    )
    opened(maya, tmp_path, text)
    assert [one.prefix for one in render_plan().passes] == ["shot_v1"]


def test_p45_a_scene_that_is_no_animation_is_its_current_frame(maya: Any, tmp_path: Path) -> None:
    opened(maya, tmp_path, SCENE.replace('".an" yes', '".an" no'))
    maya.cmds.currentTime(7)
    assert {(one.start, one.end, one.frames) for one in render_plan().passes} == {(7, 7, (7,))}


RANGES = [((1, 5, 1), (1, 2, 3, 4, 5)), ((1, 6, 2), (1, 3, 5)), ((0, 1, 0.1), 11), ((5, 1, 1), ()), ((-2, 0, 1), (-2, -1, 0))]


@pytest.mark.parametrize(("given", "frames"), RANGES, ids=str)
def test_p45_frames(given: tuple[float, float, float], frames: Any) -> None:
    start, end, step = given
    one = dataclasses.replace(GOLDEN[0], start=start, end=end, step=step)
    assert one.frames == frames if isinstance(frames, tuple) else len(one.frames) == frames


def test_p45_a_step_that_leads_nowhere(maya: Any, tmp_path: Path) -> None:
    opened(maya, tmp_path, SCENE.replace('".bfs" 2', '".bfs" 0'))
    with pytest.raises(RenderError, match=r"rs_chars renders every 0\. frame"):
        render_plan()
    with pytest.raises(ValueError, match="chunk=0"):
        RenderPlan("", "", "", GOLDEN).chunks(0)


def test_p45_a_layer_that_cannot_be_shown_leaves_the_session_as_it_was(
    maya: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(maya, tmp_path)
    before, show = maya.state(), maya.cmds.editRenderLayerGlobals

    def refuse(**flags: Any) -> Any:
        if flags.get("currentRenderLayer") == "rs_sky":
            raise RuntimeError("no such layer")
        return show(**flags)

    monkeypatch.setattr(maya.cmds, "editRenderLayerGlobals", refuse)
    with pytest.raises(RenderError, match="can't be made the current one"):
        render_plan()
    assert {name for name, value in maya.state().items() if value != before[name]} == set()


def size_of(image: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", image.read_bytes()[16:24])
    return int(width), int(height)


@pytest.mark.timeout(60)
def test_p45_all_layers_on_the_farm(
    maya: Any, state: Path, stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unsaved changes travel, each image is where its layer and its camera say, and as large as its layer says."""
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    opened(maya, tmp_path)
    maya.cmds.setAttr("defaultResolution.height", 90)
    with Executor(clone_environ=True, create_tempfile=True, cpus=2) as executor:
        futures = render_plan().submit(executor, chunk=6)
        written = {file for future in futures for file in future.result(50)}
        assert "rs_sky" in (futures[2].log() or "")
    images = tmp_path / "project" / "images"
    expected = {
        images / layer / camera / f"shot_v1.{frame:04d}.png": width
        for layer, width, last in (("chars", 320, 14), ("sky", 640, 20))
        for camera in ("left", "right")
        for frame in range(10, last + 1, 2)
    }
    assert written == {path.as_posix() for path in expected}
    assert {path: size_of(path) for path in expected} == {path: (width, 90) for path, width in expected.items()}
    assert [path for path in images.rglob("*") if path.is_file() and path not in expected] == []
    assert [future.name for future in futures] == [
        f"{one.layer} {one.camera} {int(one.start)}-{int(one.frames[-1])}" for one in GOLDEN
    ]
    assert not list(images.glob(".farmfutures-*"))


def test_p45_nothing_to_render_is_said_before_anything_is_submitted(maya: Any, tmp_path: Path) -> None:
    opened(maya, tmp_path, SCENE.replace("createNode camera", "createNode locator"))
    with Executor(clone_environ=True) as executor, pytest.raises(RenderError, match="has nothing to render"):
        render_plan().submit(executor)


def test_p45_a_scene_that_was_never_saved(maya: Any, stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    with Executor() as executor, pytest.raises(RenderError, match=r"create_tempfile\(\)"):
        RenderPlan("", str(tmp_path), str(tmp_path / "images"), GOLDEN).submit(executor)


def test_p45_a_pack_is_refused(maya: Any, stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    opened(maya, tmp_path)
    with Executor(clone_environ=True) as executor, pytest.raises(OptionError, match="pack= is not for renders"):
        render_plan().submit(executor, pack=tmp_path / "pack")


@pytest.mark.timeout(60)
def test_p45_what_the_click_submits(
    maya: Any, state: Path, stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    opened(maya, tmp_path)
    job = submitting.render(chunk=6, cpus=2)
    with Executor() as executor:
        assert [len(future.result(50)) for future in executor.attach(job)] == [3, 3, 6, 6]


def test_p45_one_click(maya: Any, window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def submit(**options: Any) -> int:
        asked.append(options)
        return 7

    monkeypatch.setattr(submitting, "render", submit)
    menu.build()
    (render,) = [action for action in window.parts[menu.MENU].actions() if action.text() == "Render All Layers"]
    render.trigger()
    assert asked == [{}]
    menu.remove()


def test_p45_layers_of_a_scene_of_other_people(maya: Any, shared_scenes: Path) -> None:
    """Render setup: the layer that overrides camera1 is not rendered through it, the one that is off not at all."""
    maya.cmds.file(str(shared_scenes / "layers.ma"), open=True, force=True)
    cameras: dict[str, list[str]] = {}
    for one in render_plan().passes:
        cameras.setdefault(one.layer, []).append(one.camera)
    assert "rs_notRenderableLayer" not in cameras
    assert "camera1" in cameras["rs_renderSetupLayer2"]
    assert "camera1" not in cameras["rs_layerDefaultFrames"]
