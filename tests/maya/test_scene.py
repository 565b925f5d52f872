"""Copies of the open scene: Q40, Q41, QS34 to QS36."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures.errors import NotInMayaError, SnapshotError
from farmfutures_maya.scene import snapshot


@pytest.fixture
def dirty(maya: Any, scene: Path) -> Any:
    """A session with a saved scene, changes in memory, a selection and dialogs on."""
    cmds = maya.cmds
    cmds.file(str(scene), open=True, force=True)
    cmds.createNode("transform", name="new")
    cmds.select("ball")
    maya.log.clear()
    return cmds


def refer(scene: Path, path: str) -> None:
    """Writes a reference into a scene."""
    lines = f'file -r -ns "rig" -rfn "rigRN" -typ "mayaAscii" "{path}";\ncreateNode reference -n "rigRN";\n'
    scene.write_text(scene.read_text() + lines)


def disturbing(maya: Any) -> list[Any]:
    """Returns the calls that a session would notice."""
    noticed = {"rename", "save", "renameToSave", "open", "new"}
    return [call for call in maya.log if call[0] == "file" and noticed & call[2].keys()]


def test_qs36_snapshot_leaves_modified_flag(dirty: Any, maya: Any) -> None:
    before = maya.state()
    snapshot()
    assert maya.state() == before
    assert disturbing(maya) == []


def test_qs36_a_failing_export_leaves_everything(dirty: Any, maya: Any, scene: Path) -> None:
    before, text = maya.state(), scene.read_text()
    maya.fail("file", "exportAll", "disk on fire", after=True)
    with pytest.raises(SnapshotError, match=r"nothing was changed in the session.*disk on fire"):
        snapshot()
    assert maya.state() == before
    assert scene.read_text() == text
    assert [path for path in scene.parents[1].rglob("*") if path.is_file()] == [scene]


def test_qs36_an_export_that_changes_things_is_made_up_for(dirty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from farmfutures_maya import _cmds

    export = _cmds.export_all

    def unruly(path: str, kind: str) -> str:
        dirty.file(modified=False)
        dirty.select(clear=True)
        return export(path, kind)

    monkeypatch.setattr(_cmds, "export_all", unruly)
    snapshot()
    assert dirty.file(query=True, modified=True)
    assert dirty.ls(selection=True, long=True) == ["|ball"]


def test_q40_what_is_on_screen_is_in_the_copy(dirty: Any, scene: Path) -> None:
    copy = snapshot()
    assert '"new"' in Path(copy.path).read_text()
    assert '"new"' not in scene.read_text()
    assert (copy.exported, copy.source, copy.type) == (True, str(scene), "mayaAscii")
    assert copy.size_bytes == Path(copy.path).stat().st_size


def test_q40_references_stay_references(dirty: Any, maya: Any) -> None:
    snapshot()
    flags = maya.asked("file", "exportAll")[0][2]
    assert flags["preserveReferences"]
    assert flags["exportUnloadedReferences"]
    assert flags["type"] == "mayaAscii"


def test_qs35_the_copy_keeps_its_base_name(dirty: Any) -> None:
    copy = Path(snapshot().path)
    assert copy.name == "shot.ma"
    assert ".farmfutures" in copy.parts


@pytest.mark.parametrize(("kind", "name"), [("mayaAscii", "untitled.ma"), ("mayaBinary", "untitled.mb"), ("FBX", "untitled.ma")])
def test_qs36_an_untitled_scene_stays_untitled(maya: Any, kind: str, name: str) -> None:
    maya.world.scene.kind = kind
    maya.cmds.createNode("transform")
    copy = snapshot()
    assert Path(copy.path).name == name
    assert maya.cmds.file(query=True, sceneName=True) == ""
    assert maya.cmds.file(query=True, type=True) == [kind]


def test_qs36_a_clean_scene_is_copied_and_not_exported(maya: Any, scene: Path) -> None:
    maya.cmds.file(str(scene), open=True, force=True)
    copy = snapshot()
    assert not copy.exported
    assert Path(copy.path).read_bytes() == scene.read_bytes()
    assert Path(copy.path) != scene
    assert maya.asked("file", "exportAll") == []


def test_n6_ten_copies_of_one_state_are_one_file(dirty: Any) -> None:
    copies = {snapshot().path for _ in range(10)}
    assert len(copies) == 1
    stored = Path(dirty.workspace(query=True, rootDirectory=True)) / ".farmfutures"
    assert len([path for path in stored.rglob("*") if path.is_file()]) == 1


def test_qs35_a_copy_of_a_copy_is_not_nested(dirty: Any) -> None:
    dirty.file(rename=snapshot().path)
    again = Path(snapshot().path)
    assert again.parts.count(".farmfutures") == 1


def test_q41_a_folder_or_a_file_may_be_given(dirty: Any, tmp_path: Path) -> None:
    assert Path(snapshot(tmp_path / "copies").path).is_relative_to(tmp_path / "copies")
    exact = tmp_path / "exact" / "mine.ma"
    assert snapshot(str(exact)).path == str(exact)
    assert [path.name for path in exact.parent.rglob("*")] == ["mine.ma"]


def test_a_file_of_the_other_type_is_refused(dirty: Any, tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"mayaAscii.*give it the ending \.ma"):
        snapshot(tmp_path / "mine.mb")


def test_unknown_plugins_are_named(maya: Any, tmp_path: Path) -> None:
    path = tmp_path / "sky.ma"
    path.write_text('//Maya ASCII 2026 scene\nrequires -nodeType "aiSky" "mtoa" "5.3";\ncreateNode aiSky -n "sky";\n')
    maya.world.missing = frozenset({"mtoa"})
    maya.cmds.file(str(path), open=True, force=True)
    maya.cmds.createNode("transform")
    # Maya says so where the type changes, which it does not here: it is made to say it.
    with pytest.raises(RuntimeError, match="unknown data") as told:
        maya.cmds.file(str(tmp_path / "sky.mb"), exportAll=True, type="mayaBinary", force=True)
    maya.fail("file", "exportAll", str(told.value))
    with pytest.raises(SnapshotError, match=r"plug-ins that are not loaded \(mtoa\)"):
        snapshot()


def test_references_beside_a_saved_scene_keep_it_where_it_is(maya: Any, scene: Path) -> None:
    (scene.parent / "rig.ma").write_text("//Maya ASCII 2026 scene\n")
    refer(scene, "rig.ma")
    maya.cmds.file(str(scene), open=True, force=True)
    assert snapshot().path == str(scene)
    maya.cmds.createNode("transform")
    copy = snapshot()
    assert copy.path != str(scene)
    assert "rig.ma may not be found from the copy" in copy.warnings[0]


@pytest.mark.parametrize("path", ["/rigs/rig.ma", "/project//rigs/rig.ma", "$RIGS/rig.ma", "rigs/rig.ma", "absent.ma"])
def test_other_references_do_not(maya: Any, scene: Path, path: str) -> None:
    (scene.parents[1] / "rigs").mkdir()
    (scene.parents[1] / "rigs" / "rig.ma").write_text("//Maya ASCII 2026 scene\n")
    refer(scene, path)
    maya.cmds.file(str(scene), open=True, force=True)
    copy = snapshot()
    assert copy.path != str(scene)
    assert copy.warnings == ()


def test_a_saved_scene_with_side_files_stays_beside_them(maya: Any, scene: Path) -> None:
    scene.write_text(scene.read_text() + 'createNode xgmPalette -n "palette";\n')
    maya.cmds.file(str(scene), open=True, force=True)
    copy = snapshot()
    assert (copy.path, copy.exported, copy.warnings) == (str(scene), False, ())


def test_qs34_outside_maya(no_maya: None) -> None:
    with pytest.raises(NotInMayaError, match="cannot create a tempfile when not in Maya"):
        snapshot()
