"""The scene between two items: put back to how it was opened, by policy, and only where an item changed it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Maya = Any
"""The stand-in in this process: of conftest.py, which tests can't import."""


def create(cmds: Any) -> None:
    cmds.createNode("transform", name="new")


def delete(cmds: Any) -> None:
    cmds.delete("ballShape")


def set_attribute(cmds: Any) -> None:
    cmds.setAttr("ball.translateX", 5)


def rename(cmds: Any) -> None:
    cmds.rename("ball", "cube")


def call_it_something_else(cmds: Any) -> None:
    cmds.file(rename="/elsewhere/other.ma")


def new_scene(cmds: Any) -> None:
    cmds.file(new=True, force=True)


def save(cmds: Any) -> None:
    cmds.createNode("transform", name="new")
    cmds.file(save=True)


def without_undo(cmds: Any) -> None:
    cmds.undoInfo(state=False)
    cmds.createNode("transform", name="new")


def forgets_undo(cmds: Any) -> None:
    cmds.createNode("transform", name="new")
    cmds.flushUndo()


def frame(cmds: Any) -> None:
    cmds.currentTime(55)


def selection(cmds: Any) -> None:
    cmds.select("ballShape")


def units(cmds: Any) -> None:
    cmds.currentUnit(linear="m")


def up_axis(cmds: Any) -> None:
    cmds.upAxis(axis="z")


def namespace(cmds: Any) -> None:
    cmds.namespace(add="away")
    cmds.namespace(set=":away")


def evaluation(cmds: Any) -> None:
    cmds.evaluationManager(mode="parallel")


def nothing(cmds: Any) -> None:
    cmds.ls(type="transform")
    cmds.getAttr("ball.translateX")
    cmds.file(query=True, sceneName=True)


CHANGES = (create, delete, set_attribute, rename)
"""What undo leads back from."""
UNDOABLE_NOT = (call_it_something_else, new_scene, save, without_undo, forgets_undo, namespace)
SMALL = (frame, selection, units, up_axis, evaluation)


@pytest.fixture
def opened(maya: Maya, fresh_bootstrap: ModuleType, scene: Path) -> Any:
    """Opens the scene by a policy; returns the hooks."""

    def opened(policy: str | None, **settings: Any) -> Any:
        hooks = fresh_bootstrap.bootstrap({"filename": str(scene), "restore": policy, **settings})
        maya.log.clear()
        return hooks

    return opened


def seen(maya: Maya) -> dict[str, Any]:
    """Returns all that a call may depend on."""
    cmds = maya.cmds
    return {
        "nodes": maya.own(),
        "tx": cmds.getAttr("ball.translateX") if cmds.objExists("ball") else None,
        "name": cmds.file(query=True, sceneName=True),
        "modified": cmds.file(query=True, modified=True),
        "frame": cmds.currentTime(query=True),
        "selection": cmds.ls(selection=True),
        "units": maya.world.units,
        "up_axis": cmds.upAxis(query=True, axis=True),
        "namespace": cmds.namespaceInfo(currentNamespace=True),
        "evaluation": cmds.evaluationManager(query=True, mode=True),
        "root": cmds.workspace(query=True, rootDirectory=True),
    }


@pytest.mark.parametrize("policy", [None, "fresh", "reset"])
@pytest.mark.parametrize("item", [*CHANGES, *UNDOABLE_NOT, *SMALL, nothing], ids=lambda item: item.__name__)
def test_whatever_an_item_did_the_next_one_finds_the_scene_as_it_was(
    maya: Maya, opened: Any, policy: str | None, item: Any
) -> None:
    hooks = opened(policy)
    before = seen(maya)
    for _ in range(2):
        item(maya.cmds)
        hooks.before_item()
        after = seen(maya)
        if item is save:  # What it wrote is in the file, and nobody can tell what was there before.
            added = {name for name in after["nodes"] if name.startswith("new")}
            assert added
            after["nodes"] = {name: kind for name, kind in after["nodes"].items() if name not in added}
        assert after == before


@pytest.mark.parametrize(
    ("policy", "items", "opens"),
    [
        ("fresh", (nothing, *SMALL), 0),
        ("fresh", CHANGES, 1),
        ("fresh", UNDOABLE_NOT, 1),
        ("reset", (nothing, *SMALL), 0),
        ("reset", CHANGES, 0),
        ("reset", UNDOABLE_NOT, 1),
    ],
)
def test_it_is_opened_again_only_where_it_has_to_be(maya: Maya, opened: Any, policy: str, items: Any, opens: int) -> None:
    hooks = opened(policy)
    for item in items:
        maya.log.clear()
        item(maya.cmds)
        hooks.before_item()
        assert len(maya.asked("file", "open")) == opens, item.__name__


def test_an_item_that_changes_nothing_costs_questions_only(maya: Maya, opened: Any) -> None:
    hooks = opened("fresh")
    hooks.before_item()
    asked = [(name, flags) for name, _, flags in maya.log]
    assert len(asked) <= 13
    assert all("query" in flags or name in {"ls", "namespaceInfo"} for name, flags in asked)


def test_keep_leaves_everything_to_the_next_item(maya: Maya, opened: Any) -> None:
    hooks = opened("keep")
    assert hooks.before_item is None
    assert maya.world.scene.modified is False


def test_an_empty_scene_is_put_back_too(maya: Maya, fresh_bootstrap: ModuleType) -> None:
    hooks = fresh_bootstrap.bootstrap({"units": ["m", "deg", "pal"]})
    create(maya.cmds)
    hooks.before_item()
    assert maya.own() == {}
    assert maya.cmds.currentUnit(query=True, linear=True) == "m"


def test_the_captured_moment_is_what_is_put_back_to(maya: Maya, opened: Any) -> None:
    hooks = opened("fresh", frame=12.0, up_axis="z")
    create(maya.cmds)
    frame(maya.cmds)
    up_axis(maya.cmds)
    hooks.before_item()
    assert maya.cmds.currentTime(query=True) == 12
    assert maya.cmds.upAxis(query=True, axis=True) == "z"


def test_it_is_said_in_the_log(maya: Maya, opened: Any, capsys: pytest.CaptureFixture[str]) -> None:
    hooks = opened("fresh")
    create(maya.cmds)
    hooks.before_item()
    assert "farmfutures: the item before changed the scene, which is opened again." in capsys.readouterr().err


def test_a_scene_that_is_gone_is_the_next_items_error(maya: Maya, opened: Any, scene: Path) -> None:
    errors = import_module("farmfutures.errors")
    hooks = opened("fresh")
    create(maya.cmds)
    scene.unlink()
    with pytest.raises(errors.BootstrapError, match="the scene .* is not on"):
        hooks.before_item()


def test_what_can_not_be_set_again_is_said(maya: Maya, opened: Any, scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene.write_text(scene.read_text() + 'createNode renderLayer -n "beauty";\n')
    hooks = opened("fresh", render_layer="beauty")
    scene.write_text(scene.read_text().replace('createNode renderLayer -n "beauty";\n', ""))  # Saved by somebody meanwhile.
    create(maya.cmds)
    hooks.before_item()
    assert "render layer beauty could not be made the current one" in capsys.readouterr().err
