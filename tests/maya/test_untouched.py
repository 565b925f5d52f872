"""A session before and after its scene was copied: Q40, QS36, N6. Every kind of scene, and every way to fail midway."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures.errors import SnapshotError
from farmfutures_maya import _cmds
from farmfutures_maya.scene import Snapshot, snapshot

HEAD = '//Maya ASCII 2026 scene\nrequires maya "2026";\n'
BALL = 'createNode transform -n "ball";\ncreateNode mesh -n "ballShape" -p "ball";\n'
WATCHED = (
    ["kBeforeNew", "kAfterNew", "kBeforeOpen", "kAfterOpen", "kBeforeSaveCheck", "kBeforeSave", "kAfterSave", "kMayaExiting"]
)  # fmt: skip
"""What pipelines hang locks, ids and validations on. Messages of an export are Maya's own, and there for exports."""

# A function that opens a scene, given the session and a folder of a project.
Open = Callable[[Any, Path], None]


def write(folder: Path, text: str, name: str = "shot.ma") -> Path:
    path = folder / "scenes" / name
    path.write_text(HEAD + text)
    return path


def open_and_change(cmds: Any, path: Path) -> None:
    cmds.file(str(path), open=True, force=True)
    cmds.createNode("transform", name="unsaved")
    cmds.select("ball")


def untitled(maya: Any, folder: Path) -> None:
    maya.cmds.file(new=True, force=True)
    maya.cmds.createNode("transform", name="ball")
    maya.cmds.createNode("transform", name="unsaved")


def empty(maya: Any, folder: Path) -> None:
    maya.cmds.file(new=True, force=True)


def clean(maya: Any, folder: Path) -> None:
    maya.cmds.file(str(write(folder, BALL)), open=True, force=True)


def dirty(maya: Any, folder: Path) -> None:
    open_and_change(maya.cmds, write(folder, BALL))


def read_only(maya: Any, folder: Path) -> None:
    """The scene can't be written, and the project neither: a file is where its store would be."""
    path = write(folder, BALL)
    path.chmod(0o444)
    (folder / ".farmfutures").write_text("in the way")
    open_and_change(maya.cmds, path)


def referenced(maya: Any, folder: Path, *, deferred: str = "") -> None:
    rig = write(folder, 'createNode joint -n "hip";\n', "rig.ma")
    lines = f'file -rdi 1 -ns "rig"{deferred} -rfn "rigRN" -typ "mayaAscii" "{rig}";\n'
    lines += f'file -r -ns "rig" -dr 1 -rfn "rigRN" -typ "mayaAscii" "{rig}";\n'
    open_and_change(maya.cmds, write(folder, lines + BALL + 'createNode reference -n "rigRN";\n'))


def unloaded(maya: Any, folder: Path) -> None:
    referenced(maya, folder, deferred=" -dr 1")


def unknown_node(maya: Any, folder: Path) -> None:
    maya.world.missing = frozenset({"noSuchRenderer"})
    open_and_change(
        maya.cmds, write(folder, f'requires -nodeType "sky" "noSuchRenderer" "5";\n{BALL}createNode sky -n "sky1";\n')
    )


def xgen(maya: Any, folder: Path) -> None:
    open_and_change(maya.cmds, write(folder, BALL + 'createNode xgmPalette -n "palette";\n'))


def yeti(maya: Any, folder: Path) -> None:
    open_and_change(maya.cmds, write(folder, BALL + 'createNode pgYetiMaya -n "fur";\n'))


SCENES: list[Open] = [untitled, empty, clean, dirty, read_only, referenced, unloaded, unknown_node, xgen, yeti]


class Session:
    """What an artist, a pipeline and a file browser see of a session."""

    def __init__(self, maya: Any, folder: Path) -> None:
        self.maya = maya
        self.folder = folder
        self.told: list[str] = []
        om = import_module("maya.api.OpenMaya")
        self.remove = om.MMessage.removeCallback
        self.callbacks = [self._watch(om.MSceneMessage, name) for name in WATCHED]

    def _watch(self, messages: Any, name: str) -> Any:
        def tell(*_: Any) -> bool:
            self.told.append(name)
            return True

        add = messages.addCheckCallback if name.endswith("Check") else messages.addCallback
        return add(getattr(messages, name), tell)

    def end(self) -> None:
        for callback in self.callbacks:
            self.remove(callback)

    def seen(self) -> dict[str, Any]:
        cmds = self.maya.cmds
        file = {
            flag: cmds.file(query=True, **{flag: True}) for flag in ("sceneName", "modified", "type", "prompt", "renameToSave")
        }
        undo = {flag: cmds.undoInfo(query=True, **{flag: True}) for flag in ("state", "undoName", "undoQueueEmpty")}
        root = cmds.workspace(query=True, rootDirectory=True)
        return {**file, **undo, "selection": cmds.ls(selection=True, long=True), "root": root, "nodes": cmds.ls(long=True),
                "told": list(self.told), "disk": self.disk(), **self.maya.state()}  # fmt: skip

    def disk(self) -> dict[str, tuple[float, bytes]]:
        """Every file outside of the store, with its time and content."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and ".farmfutures" not in path.parts[:-1]]
        return {str(path): (path.stat().st_mtime, path.read_bytes()) for path in files}


@pytest.fixture
def session(maya: Any, tmp_path: Path) -> Iterator[Session]:
    watching = Session(maya, tmp_path / "project")
    yield watching
    watching.end()


def ready(session: Session, scene: Open) -> dict[str, Any]:
    """Opens a scene; returns what there is to see, which from then on must stay."""
    scene(session.maya, session.folder)
    session.told.clear()
    before = session.seen()
    session.maya.log.clear()
    return before


def undoable(maya: Any) -> list[str]:
    """The commands that were called and that Maya keeps for undo, or that a session notices."""
    quiet = {"prompt", "exportAll", "query", "type", "long", "selection"}
    allowed = {"ls", "about", "referenceQuery", "unknownPlugin", "getAttr"}
    return [name for name, _, flags in maya.log if name not in allowed and not quiet & flags.keys()]


@pytest.mark.parametrize("scene", SCENES)
def test_qs36_n6_a_copy_leaves_everything_as_it_was(session: Session, scene: Open, own_temp: Path) -> None:
    before = ready(session, scene)
    copy = snapshot()
    called = undoable(session.maya)
    assert session.seen() == before
    assert called == []
    assert copy.exported is (scene is not clean)
    assert os.path.basename(copy.path) == os.path.basename(before["sceneName"] or "untitled.ma")
    assert copy.type == before["type"][0]
    remove(copy, own_temp)


def remove(copy: Snapshot, temporary: Path) -> None:
    """Where the project can't be written, copies go to the temporary folder, which a test leaves empty."""
    path = Path(copy.path)
    if path.is_relative_to(temporary):
        for folder in (path.parent, path.parents[1], path.parents[2] / ".incoming", path.parents[2], path.parents[3]):
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()


@pytest.mark.parametrize("scene", [xgen, yeti])
def test_n6_tools_with_side_files_warn(session: Session, scene: Open) -> None:
    ready(session, scene)
    (warning,) = snapshot().warnings
    assert "save the scene first" in warning


@pytest.mark.parametrize(("scene", "loaded"), [(referenced, True), (unloaded, False)])
def test_n6_references_are_in_the_copy_as_they_are_in_the_session(session: Session, scene: Open, loaded: bool) -> None:
    ready(session, scene)
    cmds = session.maya.cmds
    cmds.file(snapshot().path, open=True, force=True)
    assert cmds.referenceQuery("rigRN", isLoaded=True) is loaded
    assert bool(cmds.ls("rig:hip")) is loaded
    assert cmds.ls("unsaved") == ["unsaved"]


def test_n6_unknown_nodes_are_in_the_copy(session: Session) -> None:
    ready(session, unknown_node)
    assert 'createNode sky -n "sky1"' in Path(snapshot().path).read_text()


# Failures midway


def export_refused(patch: pytest.MonkeyPatch, session: Session) -> None:
    """A callback of somebody's says no."""
    om = import_module("maya.api.OpenMaya")
    veto = om.MSceneMessage.addCheckCallback(om.MSceneMessage.kBeforeExportCheck, lambda *_: False)
    session.callbacks.append(veto)


def export_fails(patch: pytest.MonkeyPatch, session: Session) -> None:
    patch.setattr(_cmds, "export_all", failing(RuntimeError("disk on fire")))


def export_writes_nothing(patch: pytest.MonkeyPatch, session: Session) -> None:
    patch.setattr(_cmds, "export_all", lambda path, kind: path)


def export_is_half_done(patch: pytest.MonkeyPatch, session: Session) -> None:
    export = _cmds.export_all

    def half(path: str, kind: str) -> str:
        export(path, kind)
        session.maya.cmds.file(modified=False)
        with _cmds.no_undo():  # What Maya itself does is no step for the artist.
            session.maya.cmds.select(clear=True)
        raise RuntimeError("out of memory")

    patch.setattr(_cmds, "export_all", half)


def no_room(patch: pytest.MonkeyPatch, session: Session) -> None:
    patch.setattr("farmfutures_maya.store.os.replace", failing(OSError(28, "No space left on device")))


def failing(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize("fault", [export_refused, export_fails, export_writes_nothing, export_is_half_done, no_room])
@pytest.mark.parametrize("scene", [untitled, dirty, referenced, unknown_node])
def test_qs36_n6_a_failure_midway_leaves_everything_as_it_was(
    session: Session, scene: Open, fault: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        fault(patch, session)
        before = ready(session, scene)
        with pytest.raises(SnapshotError, match=r"can't be copied|is not there"):
            snapshot()
    assert session.seen() == before
    assert [path for path in session.folder.rglob("*") if path.is_file() and ".farmfutures" in path.parts] == []


def test_qs36_what_can_be_put_back_is_although_something_cannot(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(session, dirty)
    export_is_half_done(monkeypatch, session)
    monkeypatch.setattr(_cmds, "set_selection", failing(ValueError("deleted meanwhile")))
    with pytest.raises(ValueError, match="deleted meanwhile"):
        snapshot()
    cmds = session.maya.cmds
    assert (cmds.file(query=True, modified=True), cmds.file(query=True, prompt=True)) == (True, True)


def test_qs36_a_callback_that_names_the_scene_is_found_out(session: Session) -> None:
    ready(session, dirty)
    om = import_module("maya.api.OpenMaya")
    rename = om.MSceneMessage.addCallback(
        om.MSceneMessage.kAfterExport, lambda *_: session.maya.cmds.file(rename="/tmp/other.ma")
    )
    session.callbacks.append(rename)
    with pytest.raises(SnapshotError, match=r"something named it /tmp/other\.ma"):
        snapshot()
