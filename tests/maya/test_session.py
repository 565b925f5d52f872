"""Capturing a session: Q38, QS33."""

from __future__ import annotations

import json
import pickle
import platform
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from farmfutures.errors import MissingVariableError, NotInMayaError
from farmfutures.maya import Policy, Session
from farmfutures_maya.session import app_dir

PLUGIN = Path(__file__).resolve().parents[2] / "plugins" / "farmfutures_plugin.py"


def filled(maya: Any) -> Any:
    cmds = maya.cmds
    cmds.file(rename=cmds.workspace(query=True, rootDirectory=True) + "scenes/shot.ma")
    cmds.currentUnit(linear="m", angle="rad", time="pal")
    cmds.upAxis(axis="z")
    cmds.currentTime(12)
    cmds.loadPlugin("AbcImport")
    cmds.loadPlugin(str(PLUGIN))
    cmds.dirmap(enable=True)
    cmds.dirmap(mapDirectory=("P:/", "/mnt/projects/"))
    cmds.editRenderLayerGlobals(currentRenderLayer=cmds.createNode("renderLayer", name="beauty"))
    cmds.namespace(add="rig")
    cmds.namespace(set="rig")
    cmds.select([cmds.createNode("transform", name="left"), cmds.createNode("transform", name="right")])
    cmds.evaluationManager(mode="serial")
    return cmds


def test_q38_capture_takes_what_a_scene_file_lacks(maya: Any) -> None:
    cmds = filled(maya)
    session = Session.capture(environ={"SHOW": "orrery", "GITHUB_TOKEN": "hunter2"})
    assert session.version == "2026"
    assert f"{session.workspace}/" == cmds.workspace(query=True, rootDirectory=True)
    assert session.scene == cmds.file(query=True, sceneName=True)
    assert (session.linear, session.angle, session.time_unit) == ("m", "rad", "pal")
    assert (session.up_axis, session.frame, session.render_layer) == ("z", 12.0, "beauty")
    assert [plugin.name for plugin in session.plugins] == ["AbcImport"]
    assert session.path_mapping == (("P:/", "/mnt/projects/"),)
    assert session.environ == {"SHOW": "orrery"}
    assert session.modified
    assert (session.namespace, session.selection, session.evaluation) == (":rig", ("|rig:left", "|rig:right"), "serial")


def test_capture_says_where_a_session_comes_from(maya: Any) -> None:
    about = maya.cmds.about
    session = Session.capture(environ={})
    assert (session.version, session.api_version) == (about(version=True), about(apiVersion=True))
    assert (session.cut_identifier, session.codeset) == (about(cutIdentifier=True), about(codeset=True))
    assert (session.platform, session.python) == (sys.platform, platform.python_version())
    provenance = session.settings()["provenance"]
    assert provenance == {name: getattr(session, name) for name in provenance}
    assert len(provenance) == 5


def test_capture_has_translators_that_a_scene_does_not_require(maya: Any, tmp_path: Path) -> None:
    maya.cmds.loadPlugin("AbcImport")
    path = tmp_path / "saved.ma"
    maya.cmds.file(rename=str(path))
    maya.cmds.file(save=True, type="mayaAscii")
    assert "AbcImport" not in path.read_text()
    assert ["AbcImport", Session.capture(environ={}).plugins[0].path] in Session.capture(environ={}).settings()["plugins"]


def test_capture_changes_nothing(maya: Any) -> None:
    filled(maya)
    before = maya.state()
    Session.capture(environ={})
    assert maya.state() == before


def test_capture_finds_variables_in_references_and_textures(maya: Any, tmp_path: Path) -> None:
    path = tmp_path / "paths.ma"
    path.write_text(
        '//Maya ASCII 2026 scene\nfile -r -ns "rig" -rfn "rigRN" "$RIGS/rig.ma";\ncreateNode reference -n "rigRN";\n'
        'createNode reference -n "sharedReferenceNode";\n'
        'createNode file -n "file1";\n\tsetAttr ".ftn" -type "string" "${TEX}/grid.png";\n'
    )
    maya.cmds.file(str(path), open=True, force=True)
    session = Session.capture(environ={"RIGS": "/rigs"})
    assert session.environ == {"RIGS": "/rigs"}
    assert (session.missing_variables, session.settings()["missing_variables"]) == (("TEX",), ["TEX"])
    with pytest.raises(MissingVariableError, match=r"use TEX, which a worker will not have") as caught:
        Session.capture(environ={"RIGS": "/rigs"}, policy=Policy(missing="refuse"))
    assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize(("kind", "attribute"), [("imagePlane", "imageName"), ("audio", "filename"), ("cacheFile", "cachePath")])
def test_capture_finds_variables_in_other_files_too(maya: Any, kind: str, attribute: str) -> None:
    maya.cmds.setAttr(f"{maya.cmds.createNode(kind)}.{attribute}", "$PROJ_ROOT/x", type="string")
    assert Session.capture(environ={"PROJ_ROOT": "/p", "OTHER": "1"}).environ == {"PROJ_ROOT": "/p"}


def test_a_variable_of_maya_env_that_paths_use_travels(
    library_maya: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Maya.env").write_text("TEX=/textures\nOTHER=1\n")
    monkeypatch.setenv("MAYA_ENV_DIR", str(tmp_path))
    import_module("maya.standalone").initialize()
    library_maya.cmds.setAttr(library_maya.cmds.createNode("file") + ".fileTextureName", "$TEX/a.png", type="string")
    session = Session.capture(environ={})
    assert (session.environ, session.missing_variables) == ({"TEX": "/textures"}, ())


def test_an_untitled_scene_has_no_name(maya: Any) -> None:
    assert Session.capture(environ={}).scene == ""


def test_json_and_pickle_round_trips(maya: Any) -> None:
    filled(maya)
    session = Session.capture(environ={"SHOW": "orrery", "A_KEY": "hunter2"}, policy=Policy(allow_secrets=("A_KEY",)))
    assert session.secrets == ("A_KEY",)
    assert Session.from_json(session.to_json()) == session
    assert "hunter2" not in session.to_json() + repr(session) + session.explain() + str(session.settings())
    data = pickle.dumps(session)
    assert b"farmfutures_maya" not in data
    assert b"hunter2" not in data
    assert pickle.loads(data) == session


def test_json_of_a_later_version_loads(maya: Any) -> None:
    values = json.loads(Session.capture(environ={}).to_json())
    assert Session.from_json(json.dumps({**values, "of_tomorrow": 1})).version == "2026"


def test_explain_names_variables_and_no_values(maya: Any) -> None:
    filled(maya)
    environ = {"SHOW": "secret_show", "API_TOKEN": "hunter2", "A_KEY": "hunter2", "MAYA_SCRIPT_PATH": "/apps/maya/scripts"}
    environ["MAYA_LOCATION"] = "/apps/maya"
    text = Session.capture(environ=environ, policy=Policy(allow_secrets=("A_KEY",))).explain()
    assert "variables that travel: SHOW\n" in text
    assert "secrets that travel out of band: A_KEY\n" in text
    assert "MAYA_SCRIPT_PATH (the worker's Maya adds all of its entries by itself)" in text
    assert "namespace :rig; 2 selected; evaluation serial" in text
    assert "API_TOKEN (looks like a secret" in text
    assert "with changes that are not saved" in text
    assert "hunter2" not in text
    assert "secret_show" not in text


def test_repr_shows_no_values(maya: Any) -> None:
    assert "orrery" not in repr(Session.capture(environ={"SHOW": "orrery"}))


def test_settings_are_json(maya: Any) -> None:
    filled(maya)
    settings = Session.capture(environ={"SHOW": "orrery"}).settings()
    assert json.loads(json.dumps(settings)) == settings
    assert "environ" not in settings


def test_settings_for_another_scene_leave_its_moment_alone(maya: Any) -> None:
    settings = Session.capture(environ={}).settings(same_scene=False)
    assert not settings.keys() & {"frame", "units", "render_layer", "namespace", "selection"}


def test_the_selection_travels_when_asked(maya: Any) -> None:
    filled(maya)
    session = Session.capture(environ={})
    assert "selection" not in session.settings()
    assert session.settings(selection=True)["selection"] == ["|rig:left", "|rig:right"]


def test_qs33_outside_maya(no_maya: None) -> None:
    with pytest.raises(NotInMayaError, match="when not in Maya") as caught:
        Session.capture()
    assert isinstance(caught.value, RuntimeError)


def test_a_mayapy_that_was_not_initialised_is_not_maya_yet(library_maya: Any) -> None:
    with pytest.raises(NotInMayaError, match=r"maya\.standalone\.initialize"):
        Session.capture()


def test_off_the_main_thread_it_is_refused(maya: Any) -> None:
    caught: list[BaseException] = []

    def capture() -> None:
        try:
            Session.capture()
        except NotInMayaError as error:
            caught.append(error)

    thread = threading.Thread(target=capture)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        ({"MAYA_APP_DIR": "/prefs", "HOME": "/home/me"}, "linux", "/prefs"),
        ({"HOME": "/home/me"}, "linux", "/home/me/maya"),
        ({"HOME": "/Users/me"}, "darwin", "/Users/me/Library/Preferences/Autodesk/maya"),
    ],
)
def test_where_preferences_are(environ: dict[str, str], platform: str, folder: str) -> None:
    assert app_dir(environ, platform) == folder
