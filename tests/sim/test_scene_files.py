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


RIG = (
    HEAD + 'createNode transform -n "root";\n\tsetAttr ".t" -type "double3" 1 1 1 ;\ncreateNode transform -n "hand" -p "root";\n'
    'createNode transform -n "foot" -p "root";\nconnectAttr "root.tx" "foot.tx";\n'
)
SHOT = (
    HEAD + 'file -rdi 1 -ns "rig" -rfn "rigRN" -typ "mayaAscii" "rig.ma";\n'
    'file -r -ns "rig" -dr 1 -rfn "rigRN" -typ "mayaAscii" "rig.ma";\n'
    'createNode transform -n "shoe";\ncreateNode reference -n "rigRN";\n'
    '\tsetAttr -s 2 ".phl";\n\tsetAttr ".ed" -type "dataReferenceEdits" \n'
    '\t\t"rigRN"\n\t\t"rigRN" 1\n\t\t2 "|rig:root" "visibility" " 0"\n\t\t"rigRN" 6\n'
    '\t\t2 "|rig:root" "translate" " -type \\"double3\\" 4 5 6"\n\t\t2 "|rig:root|rig:hand" "rotateY" " -l on 30"\n'
    '\t\t1 "|rig:root" "mood" "mood" " -ci true -dv 3 -at \\"double\\""\n'
    '\t\t3 "rig:root.translateX" "|rig:root|rig:foot.translateX" ""\n'
    '\t\t5 4 "rigRN" "|rig:root|rig:hand.translateY" "rigRN.placeHolderList[1]" ""\n'
    '\t\t5 3 "rigRN" "rig:root.translateZ" "rigRN.placeHolderList[2]" "shoe.tz";\n'
    'createNode animCurveTL -n "lift";\n\tsetAttr ".tan" 2;\n\tsetAttr -s 2 ".ktv[0:1]"  1 0 11 10;\n'
    'connectAttr "lift.o" "rigRN.phl[1]";\nconnectAttr "rigRN.phl[2]" "shoe.tz";\n'
)  # fmt: skip
VALUES = """
def values():
    plugs = ('rig:root.t', 'rig:root.v', 'rig:hand.ry', 'rig:root.mood', 'rig:foot.tx', 'shoe.tz')
    return [cmds.getAttr(plug) for plug in plugs] + [cmds.getAttr('rig:hand.ty', time=6), cmds.getAttr('rig:hand.ry', lock=True)]
"""


def test_edits_of_references(maya: Any, tmp_path: Path) -> None:
    """They are applied, those of scripts too; they go with the scene into its copies, and survive an unloaded reference."""
    (tmp_path / "rig.ma").write_text(RIG)
    (tmp_path / "shot.ma").write_text(SHOT)
    copy = str(tmp_path / "copy.ma")
    found = maya(
        VALUES
        + f"""
cmds.file({str(tmp_path / "shot.ma")!r}, open=True, force=True)
result = [values()]
cmds.setAttr('rig:root.t', 7, 8, 9)
cmds.setAttr('rig:foot.tx', 2)
cmds.xform('rig:hand', translation=(3, 0, 3))
changed = values()
cmds.file({copy!r}, exportAll=True, preserveReferences=True, type='mayaAscii', force=True)
cmds.file(unloadReference='rigRN')
cmds.file(loadReference='rigRN')
result += [changed, changed == values()]
cmds.file({copy!r}, open=True, force=True)
result += [changed == values(), cmds.getAttr('rig:hand.tx')]
"""
    )
    assert found == [
        [[[4, 5, 6]], False, 30, 3, 0, 6, 5, True], [[[7, 8, 9]], False, 30, 3, 2, 9, 5, True], True, True, 3,
    ]  # fmt: skip


def test_files_that_a_scene_names(maya: Any, tmp_path: Path) -> None:
    """Textures and references, as they are written and as they are found; each by its node and by ``filePathEditor``."""
    root = tmp_path / "p"
    (root / "sourceimages").mkdir(parents=True)
    (root / "sourceimages" / "a.png").touch()
    (root / "part.ma").write_text(HEAD)
    scene = root / "scene.ma"
    textures = ("sourceimages/a.png", "/elsewhere//sourceimages/a.png", "/gone/b.<UDIM>.tif")
    scene.write_text(
        HEAD
        + 'file -rdi 1 -ns "p" -rfn "pRN" -typ "mayaAscii" "/x//part.ma";\nfile -r -ns "p" -dr 1 -rfn "pRN" '
        + '-typ "mayaAscii" "/x//part.ma";\n'
        + "".join(f'createNode file -n "f{i}";\n\tsetAttr ".ftn" -type "string" "{path}";\n' for i, path in enumerate(textures))
        + 'createNode file -n "without";\n'
    )
    pictures = f"{root}/sourceimages"
    found = maya(f"""
    cmds.workspace({str(root)!r}, openWorkspace=True)
    cmds.file({str(scene)!r}, open=True, force=True)
    ask = cmds.filePathEditor
    result = [
        [cmds.getAttr(node + '.fileTextureName') for node in sorted(cmds.ls(type='file'))],
        cmds.file(query=True, reference=True), cmds.file(query=True, list=True),
        ask(refresh=True), ask(query=True, listDirectories=''), ask(query=True, listFiles={pictures!r}, withAttribute=True),
        ask(query=True, listFiles='/gone', status=True), ask(query=True, listFiles='/x/', unresolved=True),
        ask(query=True, listFiles='/x/', unresolved=True, attributeOnly=True), ask(query=True, listFiles='/nowhere'),
    ]
    """)
    part = f"{root}/part.ma"
    assert found == [
        [*textures, ""], [part], [str(scene), part], None, ["/gone", str(root), pictures],
        ["a.png", "f0.fileTextureName", "a.png", "f1.fileTextureName"], ["b.<UDIM>.tif", 0], ["part.ma"], ["pRN"], None,
    ]  # fmt: skip


def test_edits_in_references_of_references(maya: Any, tmp_path: Path) -> None:
    """Each file has its own; the scene's come last, those of nodes further down with the reference node in between."""
    refer = 'file -r -ns "{0}" -dr 1 -rfn "{0}RN" -typ "mayaAscii" "{0}.ma";\n'
    edits = 'createNode reference -n "{0}RN";\n\tsetAttr ".ed" -type "dataReferenceEdits" \n\t\t"{0}RN"{1};\n'
    (tmp_path / "part.ma").write_text(f'{HEAD}createNode transform -n "t";\n\tsetAttr ".t" -type "double3" 1 1 1 ;\n')
    change = '\n\t\t"{0}" 1\n\t\t2 "|{1}" "{2}" " {3}"'
    middle = change.format("partRN", "part:t", "translateX", 2) + change.format("partRN", "part:t", "translateY", 2)
    (tmp_path / "rig.ma").write_text(HEAD + refer.format("part") + edits.format("part", middle))
    top = '\n\t\t"rigRN" 0' + change.format("rig:partRN", "rig:part:t", "translateY", 3)
    (tmp_path / "shot.ma").write_text(HEAD + refer.format("rig") + edits.format("rig", top))
    found = maya(f"""
    cmds.file({str(tmp_path / "shot.ma")!r}, open=True, force=True)
    result = [cmds.getAttr('rig:part:t.t')]
    cmds.setAttr('rig:part:t.tz', 4)
    cmds.file({str(tmp_path / "copy.ma")!r}, exportAll=True, preserveReferences=True, type='mayaAscii', force=True)
    cmds.file({str(tmp_path / "copy.ma")!r}, open=True, force=True)
    result += [cmds.getAttr('rig:part:t.t'), cmds.ls('*:*:t', long=True)]
    """)
    assert found == [[[2, 3, 1]], [[2, 3, 4]], ["|rig:part:t"]]
