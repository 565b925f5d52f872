"""Files that the open scene needs and that are not there: complaint 10 of peers' users; P43."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures_maya.missing import Missing, describe, missing_files

Maya = Any
"""The stand-in in this process: of conftest.py, which tests can't import."""


def add_texture(maya: Maya, path: str) -> None:
    node = maya.cmds.createNode("file")
    maya.cmds.setAttr(f"{node}.fileTextureName", path, type="string")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("sourceimages/wood.tx", True),
        ("sourceimages/wood.<UDIM>.tx", True),
        ("sourceimages/metal.<UDIM>.tx", False),
        ("$WOOD/wood.tx", True),
        ("/somebody/else//sourceimages/wood.tx", True),
        ("P:/show/wood.tx", True),
        ("/absent/wood.tx", False),
        ("sourceimages/metal.tx", False),
        ("$UNSET/wood.tx", False),
    ],
)
def test_p43_where_a_texture_is_looked_for(maya: Maya, monkeypatch: pytest.MonkeyPatch, path: str, found: bool) -> None:
    folder = Path(maya.world.root) / "sourceimages"
    folder.mkdir()
    (folder / "wood.tx").touch()
    (folder / "wood.1001.tx").touch()
    monkeypatch.setenv("WOOD", str(folder))
    maya.cmds.dirmap(enable=True)
    maya.cmds.dirmap(mapDirectory=("P:/show", str(folder)))
    add_texture(maya, path)
    assert missing_files() == ([] if found else [Missing("texture", path)])


def test_references_that_were_not_found(maya: Maya, scene: Path) -> None:
    there = scene.with_name("there.ma")
    there.write_text("//Maya ASCII 2026 scene\n")
    lines = "".join(
        f'file -r -ns "{name}" -dr 1 -rfn "{name}RN" "{path}";\n' for name, path in (("one", there), ("two", "/absent/rig.ma"))
    )
    three = '-ns "three" -dr 1 -rfn "threeRN" "/absent/late.ma";\n'
    late = f"file -rdi 1 {three}file -r {three}"
    scene.write_text(scene.read_text().replace("requires", lines + late + "requires", 1))
    maya.cmds.file(str(scene), open=True, force=True)
    assert missing_files() == [Missing("reference", "/absent/rig.ma")]  # The last one was saved as unloaded.
    assert missing_files(references=False) == []


def test_a_long_list_is_cut() -> None:
    text = describe([Missing("texture", f"/a/{number}.tx") for number in range(50)], "/show/shot.ma", "farm01")
    assert text.startswith("50 file(s) that /show/shot.ma needs were not found on farm01: texture /a/0.tx, ")
    assert "texture /a/19.tx and 30 more. Make them reachable there" in text
