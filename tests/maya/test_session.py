"""Capturing a session: Q38, QS33."""

from __future__ import annotations

import json
import pickle
import threading
from pathlib import Path
from typing import Any

import pytest

from farmfutures.errors import NotInMayaError
from farmfutures.maya import Session
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
    assert session.missing_variables == ("TEX",)


def test_an_untitled_scene_has_no_name(maya: Any) -> None:
    assert Session.capture(environ={}).scene == ""


def test_json_and_pickle_round_trips(maya: Any) -> None:
    filled(maya)
    session = Session.capture(environ={"SHOW": "orrery"})
    assert Session.from_json(session.to_json()) == session
    data = pickle.dumps(session)
    assert b"farmfutures_maya" not in data
    assert pickle.loads(data) == session


def test_json_of_a_later_version_loads(maya: Any) -> None:
    values = json.loads(Session.capture(environ={}).to_json())
    assert Session.from_json(json.dumps({**values, "of_tomorrow": 1})).version == "2026"


def test_explain_names_variables_and_no_values(maya: Any) -> None:
    filled(maya)
    text = Session.capture(environ={"SHOW": "secret_show", "API_TOKEN": "hunter2"}).explain()
    assert "variables that travel: SHOW" in text
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
    assert not settings.keys() & {"frame", "units", "render_layer"}


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
