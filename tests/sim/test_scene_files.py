"""What belongs to a scene file and what to the session it is opened in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

HEAD = "//Maya ASCII 2026 scene\n"


def test_a_scene_leaves_nothing_to_the_next_one(maya: Any, tmp_path: Path) -> None:
    """Units and the playback range belong to the scene; a process opens one after another."""
    (tmp_path / "a.ma").write_text(
        f"{HEAD}currentUnit -l meter -a radian -t ntsc;\n"
        'createNode script -n "sceneConfigurationScriptNode";\n'
        '\tsetAttr ".b" -type "string" "playbackOptions -min 5 -max 9 -ast 4 -aet 10";\nselect -ne :time1;\n\tsetAttr ".o" 7;\n'
    )
    (tmp_path / "b.ma").write_text(f'{HEAD}createNode transform -n "t";\n')
    found = maya(f"""
    def state():
        units = [cmds.currentUnit(query=True, **{{unit: True}}) for unit in ('linear', 'angle', 'time')]
        ends = [cmds.playbackOptions(query=True, **{{end: True}}) for end in ('minTime', 'maxTime')]
        return units + ends + [cmds.currentTime(query=True)]
    result = [state()]
    for step in ({{'open': True}}, {{'new': True}}, {{'open': True}}):
        cmds.file(*([{str(tmp_path / "a.ma")!r}] if 'open' in step else []), force=True, **step)
        result.append(state())
    cmds.file({str(tmp_path / "b.ma")!r}, open=True, force=True)
    result.append(state())
    """)
    default, first, new, again, without = found
    assert first == again == ["m", "rad", "ntsc", 5, 9, 7]
    assert default == new == without == ["cm", "deg", "film", 1, 120, 1]


@pytest.mark.parametrize(
    ("codeset", "encoding", "text"),
    [("1252", "cp1252", "Müller"), ("932", "cp932", "回転"), ("UTF-8", "utf-8", "回 Müller"), ("", "utf-8", "Müller"),
     ("no-such-thing", "utf-8", "Müller")],
)  # fmt: skip
def test_text_is_read_as_its_header_says(maya: Any, tmp_path: Path, codeset: str, encoding: str, text: str) -> None:
    header = HEAD + (f"//Codeset: {codeset}\n" if codeset else "")
    scene = f'{header}createNode transform -n "t";\n\taddAttr -ln "by" -dt "string";\n\tsetAttr ".by" -type "string" "{text}";\n'
    path, copy = tmp_path / "text.ma", tmp_path / "copy.ma"
    path.write_bytes(scene.replace("\n", "\r\n").encode(encoding))
    found = maya(f"""
    cmds.file({str(path)!r}, open=True, force=True)
    result = [cmds.getAttr('t.by')]
    cmds.file({str(copy)!r}, exportAll=True, type='mayaAscii', force=True)
    cmds.file({str(copy)!r}, open=True, force=True)
    result += [cmds.getAttr('t.by')]
    """)
    assert found == [text, text]


def test_references_that_a_script_makes_loads_and_unloads(maya: Any, tmp_path: Path) -> None:
    (tmp_path / "part.ma").write_text(f'{HEAD}createNode transform -n "t";\ncreateNode transform -n "u" -p "t";\n')
    scene = tmp_path / "scene.ma"
    scene.write_text(HEAD)
    found = maya(f"""
    cmds.file({str(scene)!r}, open=True, force=True)
    made = cmds.file('part.ma', reference=True, namespace='p', returnNewNodes=True)
    result = [sorted(made), cmds.file(query=True, modified=True), cmds.referenceQuery('pRN', isLoaded=True)]
    cmds.file(save=True, type='mayaAscii')
    cmds.file({str(scene)!r}, open=True, force=True, loadReferenceDepth='none')
    result += [cmds.objExists('p:u'), cmds.referenceQuery('pRN', isLoaded=True)]
    cmds.file(loadReference='pRN')
    result += [cmds.ls('p:u', long=True)]
    cmds.file(unloadReference='pRN')
    result += [cmds.objExists('p:u')]
    """)
    assert found == [["|p:t", "|p:t|p:u"], True, True, False, False, ["|p:t|p:u"], False]
