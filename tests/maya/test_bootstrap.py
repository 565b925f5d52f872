"""Making a worker's Maya ready: Q34 to Q36, QS31."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from farmfutures.errors import BootstrapError
from farmfutures.worker import context

Maya = Any
"""The stand-in in this process: of conftest.py, which tests can't import."""


def calls(maya: Maya) -> list[str]:
    """Returns the commands that change something, in order."""
    asked = {"query", "getAllMappings"}
    return [
        name + (f":{next(iter(flags))}" if name == "file" else "")
        for name, _, flags in maya.log
        if not asked & flags.keys() and name not in {"about", "moduleInfo", "ls", "getAttr", "referenceQuery", "namespaceInfo"}
    ]


def test_q34_maya_is_up_and_an_empty_scene_is_open(library_maya: Maya, fresh_bootstrap: ModuleType) -> None:
    hooks = fresh_bootstrap.bootstrap({})
    assert calls(library_maya)[0] == "initialize"
    assert not any(call.startswith(("file:open", "file:new")) for call in calls(library_maya))
    hooks.goodbye()
    assert not library_maya.cmds.undoInfo(query=True, state=True)
    assert sys.platform == "win32" or "uninitialize" not in calls(library_maya)


def test_q35_filename_is_opened(maya: Maya, fresh_bootstrap: ModuleType, scene: Path) -> None:
    fresh_bootstrap.bootstrap({"filename": str(scene)})
    assert maya.cmds.file(query=True, sceneName=True) == str(scene)
    assert maya.cmds.nodeType("ball") == "transform"
    assert maya.asked("file", "open")[0][2]["force"]
    assert maya.world.prompt is False


def test_q36_workspace_is_set(maya: Maya, fresh_bootstrap: ModuleType, tmp_path: Path) -> None:
    fresh_bootstrap.bootstrap({"workspace": str(tmp_path)})
    assert maya.asked("workspace", "openWorkspace") == [("workspace", (str(tmp_path),), {"openWorkspace": True})]
    assert maya.cmds.workspace(query=True, rootDirectory=True) == f"{tmp_path}/"


def test_qs31_the_order(maya: Maya, fresh_bootstrap: ModuleType, scene: Path, tmp_path: Path) -> None:
    scene.write_text(scene.read_text() + 'createNode renderLayer -n "beauty";\n')
    settings = {
        "version": "2026",
        "filename": str(scene),
        "workspace": str(tmp_path),
        "plugins": [["AbcImport", ""]],
        "up_axis": "z",
        "units": ["m", "deg", "pal"],
        "path_mapping": [["P:/", "/mnt/"]],
        "frame": 12.0,
        "render_layer": "beauty",
    }
    fresh_bootstrap.bootstrap(settings)
    assert calls(maya) == [
        "file:prompt",
        "loadPlugin",
        "upAxis",
        "currentUnit",
        "dirmap",
        "dirmap",
        "workspace",
        "file:open",
        "currentTime",
        "editRenderLayerGlobals",
        "file:modified",
    ]
    assert maya.cmds.upAxis(query=True, axis=True) == "z"
    assert maya.cmds.currentTime(query=True) == 12
    assert maya.cmds.editRenderLayerGlobals(query=True, currentRenderLayer=True) == "beauty"


def test_called_again_it_opens_what_the_new_settings_say(
    maya: Maya, fresh_bootstrap: ModuleType, scene: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.ma"
    other.write_text('//Maya ASCII 2026 scene\ncreateNode camera -n "cam";\n')
    fresh_bootstrap.bootstrap({"filename": str(scene)})
    fresh_bootstrap.bootstrap({"filename": str(other)})
    assert maya.own() == {"cam": "camera"}
    fresh_bootstrap.bootstrap({"units": ["m", "deg", "pal"]})
    assert maya.cmds.file(query=True, sceneName=True) == ""
    assert maya.own() == {}
    assert maya.cmds.currentUnit(query=True, linear=True) == "m"


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"filename": "/absent/shot.ma"}, r"the scene /absent/shot\.ma is not on .*give another filename="),
        ({"workspace": "/absent/project"}, r"the workspace /absent/project is not a folder on .*another workspace="),
        ({"version": "2025"}, r"is Maya 2026, but the job is for Maya 2025.*FARMFUTURES_MAYAPY"),
    ],
)
def test_what_it_cannot_do_without_is_final(maya: Maya, fresh_bootstrap: ModuleType, settings: dict[str, Any], text: str) -> None:
    with pytest.raises(BootstrapError, match=text):
        fresh_bootstrap.bootstrap(settings)


def test_a_missing_scene_costs_no_start_and_no_licence(library_maya: Maya, fresh_bootstrap: ModuleType) -> None:
    with pytest.raises(BootstrapError, match="the scene"):
        fresh_bootstrap.bootstrap({"filename": "/absent/shot.ma"})
    assert library_maya.log == []


@pytest.mark.parametrize("wanted", [2026, "2026", "2026.3", "Preview Release 150", None])
def test_versions_that_fit(maya: Maya, fresh_bootstrap: ModuleType, wanted: object) -> None:
    fresh_bootstrap.bootstrap({"version": str(wanted)} if wanted else {})


def test_a_scene_that_does_not_open_is_final(maya: Maya, fresh_bootstrap: ModuleType, scene: Path) -> None:
    scene.write_text(scene.read_text().replace("2026", "2027"))
    with pytest.raises(
        BootstrapError, match=r"could not open .*shot\.ma: .*Unknown Maya file version: 2027\. Open .*ignore_version"
    ):
        fresh_bootstrap.bootstrap({"filename": str(scene)})


def test_a_scene_that_opens_with_errors_is_open(
    maya: Maya, fresh_bootstrap: ModuleType, scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    maya.fail("file", "open", "Could not open reference rig.ma", after=True)
    fresh_bootstrap.bootstrap({"filename": str(scene)})
    assert "was opened with errors: Could not open reference rig.ma" in capsys.readouterr().err


def test_plugins_are_loaded_by_name_then_by_path_then_left_out(
    maya: Maya, fresh_bootstrap: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin = "maya_useNewAPI = True\ninitializePlugin = uninitializePlugin = lambda plugin: None\n"
    here, own = tmp_path / "here.py", tmp_path / "elsewhere" / "studio.py"
    own.parent.mkdir()
    for path in (here, own):
        path.write_text(plugin)
    maya.cmds.loadPlugin(str(here))
    maya.log.clear()
    fresh_bootstrap.bootstrap({"plugins": [["here", ""], ["AbcImport", ""], ["studio", str(own)], ["absent", "/absent.so"]]})
    loads = maya.asked("loadPlugin", "quiet")
    assert [args[0] for _, args, _ in loads][:3] == ["AbcImport", "studio", str(own)]
    assert all(flags == {"quiet": True} for _, _, flags in loads)
    assert sorted(maya.cmds.pluginInfo(query=True, listPlugins=True)) == ["AbcImport", "here", "studio"]
    assert "plug-in absent of the session could not be loaded here" in capsys.readouterr().err


def test_a_referenced_render_layer_does_not_break_it(
    maya: Maya, fresh_bootstrap: ModuleType, scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = scene.with_name("layers.ma")
    other.write_text('//Maya ASCII 2026 scene\ncreateNode renderLayer -n "layer";\n')
    scene.write_text(scene.read_text().replace("requires", f'file -r -ns "ref" -rfn "refRN" "{other}";\nrequires'))
    fresh_bootstrap.bootstrap({"filename": str(scene), "render_layer": "ref:layer"})
    assert maya.cmds.nodeType("ref:layer") == "renderLayer"
    assert "render layer ref:layer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "flags"),
    [
        ({"ignore_version": True}, {"ignoreVersion": True}),
        ({"load_references": "none"}, {"loadReferenceDepth": "none"}),
        ({}, {}),
    ],
)
def test_options_of_opening(
    maya: Maya, fresh_bootstrap: ModuleType, scene: Path, settings: dict[str, Any], flags: dict[str, Any]
) -> None:
    fresh_bootstrap.bootstrap({"filename": str(scene), **settings})
    given = maya.asked("file", "open")[0][2]
    assert given == {"open": True, "force": True, **flags}


# Files that the scene needs


@pytest.fixture
def lacking(scene: Path) -> Path:
    """A scene that names a reference and a texture which are not there."""
    text = scene.read_text().replace("requires", 'file -r -ns "rig" -rfn "rigRN" "/absent/rig.ma";\nrequires', 1)
    scene.write_text(text + 'createNode file -n "wood";\n\tsetAttr ".ftn" -type "string" "/absent/wood.tx";\n')
    return scene


def test_missing_files_are_said_and_noted_for_calls_that_fail(
    maya: Maya, fresh_bootstrap: ModuleType, lacking: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh_bootstrap.bootstrap({"filename": str(lacking)})
    expected = f"farmfutures: 2 file(s) that {lacking} needs were not found on "
    assert expected in capsys.readouterr().err
    (remark,) = context.remarks()
    assert remark.startswith(expected)
    assert "reference /absent/rig.ma, texture /absent/wood.tx. Make them reachable there" in remark


def test_remarks_are_those_of_the_open_scene(maya: Maya, fresh_bootstrap: ModuleType, lacking: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ma"
    other.write_text("//Maya ASCII 2026 scene\n")
    fresh_bootstrap.bootstrap({"filename": str(lacking)})
    fresh_bootstrap.bootstrap({"filename": str(other)})
    assert context.remarks() == ()


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("missing", r"2 file\(s\) that .* With strict=False the job runs without them"),
        ("error", r"with errors, and strict=True: Could not open reference rig\.ma\."),
    ],
)
def test_missing_files_are_final_where_that_was_asked_for(
    maya: Maya, fresh_bootstrap: ModuleType, scene: Path, lacking: Path, how: str, text: str
) -> None:
    if how == "error":
        maya.fail("file", "open", "Could not open reference rig.ma", after=True)
    with pytest.raises(BootstrapError, match=text):
        fresh_bootstrap.bootstrap({"filename": str(lacking), "strict": True})


def test_references_that_were_not_asked_for_are_not_missed(
    maya: Maya, fresh_bootstrap: ModuleType, lacking: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh_bootstrap.bootstrap({"filename": str(lacking), "load_references": "none"})
    assert "1 file(s)" in capsys.readouterr().err


def test_what_a_scene_does_not_hold_is_set_after_it_was_opened(maya: Maya, fresh_bootstrap: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "rig.ma"
    path.write_text('//Maya ASCII 2026 scene\ncreateNode transform -n "rig:a";\ncreateNode transform -n "rig:b";\n')
    settings = {"filename": str(path), "namespace": ":rig", "selection": ["|rig:b", "|rig:a"], "evaluation": "serial"}
    fresh_bootstrap.bootstrap(settings)
    assert maya.cmds.namespaceInfo(currentNamespace=True) == "rig"
    assert maya.cmds.ls(selection=True, long=True) == ["|rig:b", "|rig:a"]
    assert maya.cmds.evaluationManager(query=True, mode=True) == ["serial"]


def test_a_moment_of_an_unsaved_scene_is_left_out_and_said(
    maya: Maya, fresh_bootstrap: ModuleType, scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh_bootstrap.bootstrap({"filename": str(scene), "namespace": ":gone", "selection": ["|ball", "|gone:a"]})
    assert maya.cmds.ls(selection=True) == ["ball"]
    said = capsys.readouterr().err
    assert "the namespace :gone could not be made the current one" in said
    assert "1 of 2 selected nodes are not in the scene that was opened" in said


def test_the_job_is_told_what_of_its_session_is_missing(
    maya: Maya, fresh_bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh_bootstrap.bootstrap({"missing_variables": ["PROJ", "TEX"], "provenance": {"codeset": "932"}})
    said = capsys.readouterr().err
    assert "paths in the scene use PROJ, TEX, which the session could not send" in said
    assert "the session's codeset is 932, here it is UTF-8" in said
    fresh_bootstrap.bootstrap({"missing_variables": [], "provenance": {"codeset": "UTF-8"}})
    assert capsys.readouterr().err == ""
