"""Scenes of other people and our own: read, evaluated, written and read again."""

from __future__ import annotations

import os
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORRERY = ROOT / "farmfutures_maya" / "demo" / "orrery.ma"
SHARED = Path(os.environ.get("FARMFUTURES_SHARED") or ROOT.parent / "shared") / "scenes"
NAMES = sorted(path.relative_to(SHARED).as_posix() for path in SHARED.rglob("*.ma")) or ["none"]
"""Scenes of other people, all that are there; without any, tests of them are skipped by a fixture."""

_CREATE = re.compile(r'^createNode (\w+)(?: -s)?(?: -n "([^"]+)")', re.MULTILINE)


def created(path: Path) -> list[list[str]]:
    """Returns (name, type) of every createNode line, read without the stand-in."""
    return sorted([name, kind] for kind, name in _CREATE.findall(path.read_text(errors="replace")))


LIST = """
cmds.file({path!r}, open=True, force=True)
own = [node for node in cmds.ls() if not cmds.ls(node, referencedNodes=True)]
result = sorted([node.rpartition('|')[2], cmds.nodeType(node)] for node in own)
"""


@pytest.mark.parametrize("name", NAMES)
def test_nodes_and_types_are_those_of_the_file(maya: Any, shared_scenes: Path, name: str) -> None:
    path = shared_scenes / name
    new = maya("cmds.file(new=True, force=True)\nresult = cmds.ls()")
    found = maya(LIST.format(path=str(path)))
    wanted = created(path)
    assert len(wanted) > 10
    assert [pair for pair in found if pair in wanted] == wanted
    extra = {pair[0] for pair in found} - {pair[0] for pair in wanted} - set(new)
    named = re.findall(r"^select -ne :(\w+)|^file -r .*-rfn \"(\w+)\"", path.read_text(errors="replace"), re.MULTILINE)
    assert extra <= {name for pair in named for name in pair}


@pytest.mark.parametrize("name", [*NAMES, "orrery.ma"])
def test_read_write_read(maya: Any, scene_state: str, request: pytest.FixtureRequest, tmp_path: Path, name: str) -> None:
    path = ORRERY if name == "orrery.ma" else request.getfixturevalue("shared_scenes") / name
    script = f"""
    cmds.workspace({str(path.parent)!r}, openWorkspace=True)
    cmds.file({str(path)!r}, open=True, force=True)
    before = state()
    copy = cmds.file({str(tmp_path / path.name)!r}, exportAll=True, preserveReferences=True, exportUnloadedReferences=True,
                     type='mayaAscii', force=True)
    assert cmds.file(query=True, sceneName=True) == {str(path)!r}
    cmds.file(copy, open=True, force=True)
    after = state()
    result = {{key: [before[key], after[key]] for key in before if before[key] != after[key]}}
    """
    assert maya(scene_state + textwrap.dedent(script)) == {}


_CONNECT = re.compile(r'^connectAttr (?:-l \w+ )?"([^"]+)" "([^"]+)"(?: -l \w+)?( -na)?', re.MULTILINE)
_LINE = re.compile(
    r'^(?:createNode \w+(?: -s)? -n |select -ne )"?:?([\w:|]+)|^\t(?:setAttr|addAttr|rename)[^"\n]*("[^"]*")', re.M
)


def statements(path: Path) -> set[tuple[str, str]]:
    """Returns (node, first word in quotes) of what a file says of its nodes."""
    node, found = "", set()
    for begun, word in _LINE.findall(path.read_text(errors="replace")):
        node = begun or node
        found |= {(node, word)} if word else set()
    return found


@pytest.mark.parametrize("name", [*NAMES, "orrery.ma"])
def test_nothing_is_lost_by_writing(maya: Any, request: pytest.FixtureRequest, tmp_path: Path, name: str) -> None:
    """Statements of both files, taken apart without the stand-in."""
    path = ORRERY if name == "orrery.ma" else request.getfixturevalue("shared_scenes") / name
    copy = tmp_path / "copy.ma"
    maya(f"""
    cmds.file({str(path)!r}, open=True, force=True, ignoreVersion=True)
    cmds.file({str(copy)!r}, exportAll=True, preserveReferences=True, exportUnloadedReferences=True, type='mayaAscii', force=True)
    """)
    before, after = path.read_text(errors="replace"), copy.read_text()
    assert after.count("\nconnectAttr ") == before.count("\nconnectAttr ") > 5
    # Long names become short ones, so that only those plugs are compared that a file names shortly.
    assert sorted(before.count(f'"{end}"') for _, end, _ in _CONNECT.findall(before)) == sorted(
        after.count(f'"{end}"') for _, end, _ in _CONNECT.findall(after)
    )
    assert statements(path) - statements(copy) == set()
    # Where the session was, and nodes of references, which a file need not mention.
    new = {(node, word) for node, word in statements(copy) - statements(path) if f'-rfn "{node}"' not in before}
    assert new <= {("time1", '".o"')}
    for reference in ("file -rdi", "file -r "):
        assert after.count(f"\n{reference}") == before.count(f"\n{reference}")


def test_strings_in_several_parts(maya: Any, tmp_path: Path) -> None:
    scene = tmp_path / "text.ma"
    scene.write_text(
        '//Maya ASCII 2026 scene\ncreateNode script -n "s";\n'
        '\tsetAttr ".b" -type "string" (\n\t\t"one \\"1\\"\\n"\n\t\t+ "two" );\n'
    )
    assert maya(f"cmds.file({str(scene)!r}, open=True, force=True)\nresult = cmds.getAttr('s.before')") == 'one "1"\ntwo'


def test_the_time_of_a_scene(maya: Any, tmp_path: Path) -> None:
    scene = tmp_path / "time.ma"
    scene.write_text(
        '//Maya ASCII 2026 scene\ncreateNode transform -n "t";\ncreateNode animCurveTL -n "c";\n\tsetAttr ".tan" 2;\n'
        '\tsetAttr -s 2 ".ktv[0:1]"  1 0 11 10;\nselect -ne :time1;\n\tsetAttr ".o" 7;\n'
        'connectAttr "c.o" "t.tx";\nconnectAttr ":time1.o" "c.i";\n'
    )
    found = maya(f"""
    cmds.file({str(scene)!r}, open=True, force=True)
    result = [cmds.currentTime(query=True), cmds.getAttr('t.tx'), cmds.getAttr('t.tx', time=3)]
    cmds.currentTime(9)
    copy = cmds.file({str(tmp_path / "copy.ma")!r}, exportAll=True, type='mayaAscii', force=True)
    cmds.file(copy, open=True, force=True)
    result += [cmds.currentTime(query=True), cmds.getAttr('t.tx')]
    """)
    assert found == pytest.approx([7, 6, 2, 9, 8])


def test_references_load_with_namespaces(maya: Any, shared_scenes: Path) -> None:
    path = str(shared_scenes / "referenced_layers.ma")
    found = maya(f"""
    cmds.file({path!r}, open=True, force=True)
    nodes = cmds.ls(referencedNodes=True)
    result = [len(nodes), all(':' in node for node in nodes), cmds.file(query=True, reference=True),
              [cmds.referenceQuery(node, isLoaded=True) for node in cmds.ls(type='reference')]]
    """)
    assert found[0] >= 25
    assert found[1]
    assert found[2][0] == str(shared_scenes / "ref.ma")
    assert found[3] == [True, False]
    assert "scene_file_to_reference.ma" in maya.stderr  # The missing one is a warning.
    none = f"cmds.file({path!r}, open=True, force=True, loadReferenceDepth='none')\nresult = cmds.ls(referencedNodes=True)"
    assert maya(none) == []


def test_every_curve_goes_through_its_keys(maya: Any, shared_scenes: Path) -> None:
    path = str(shared_scenes / "rhino_anim.ma")
    found = maya(f"""
    cmds.file({path!r}, open=True, force=True)
    result = []
    for curve in cmds.ls(type='animCurve'):
        keys = zip(cmds.keyframe(curve, query=True, timeChange=True), cmds.keyframe(curve, query=True, valueChange=True))
        result += [[curve, time, value, cmds.getAttr(curve + '.output', time=time)] for time, value in keys]
    """)
    assert len(found) > 300
    assert [row for row in found if abs(row[2] - row[3]) > 1e-6] == []


@pytest.mark.parametrize(
    ("tangents", "keys", "at", "value"),
    [
        (2, "1 0 11 10", 6, 5.0),  # linear
        (3, "1 0 11 10", 6, 5.0),  # flat: the middle of a smooth step
        (3, "1 0 11 10", 3.5, 10 * (3 * 0.25**2 - 2 * 0.25**3)),
        (5, "1 0 11 10", 10.9, 0.0),  # stepped
        (17, "1 0 11 10", 1.1, 10.0),  # stepped to the next
        (9, "0 0 10 10 20 20", 5, 5.0),  # spline through a line
        (9, "0 0 10 100 20 400 30 900", 15, 225.0),  # spline: a parabola, as its slopes are those of its chords
        (9, "0 0 10 100 20 400 30 900", 13, 169.0),
        (10, "0 0 10 5 20 5", 15, 5.0),  # clamped: flat between two of one value
        (16, "0 0 10 5 20 0", 11, 5 + (0 - 5) * (3 * 0.1**2 - 2 * 0.1**3)),  # plateau: flat at the top
        (18, "0 0 10 5 20 0", 10, 5.0),  # auto: flat at the top
        (18, "0 0 10 5 20 0", 11, 5 + (0 - 5) * (3 * 0.1**2 - 2 * 0.1**3)),
    ],
)
def test_curves_by_hand(maya: Any, tmp_path: Path, tangents: int, keys: str, at: float, value: float) -> None:
    count = len(keys.split()) // 2
    scene = tmp_path / "curve.ma"
    scene.write_text(
        f'//Maya ASCII 2026 scene\nrequires maya "2026";\ncreateNode transform -n "t";\ncreateNode animCurveTL -n "c";\n'
        f'\tsetAttr ".tan" {tangents};\n\tsetAttr ".wgt" no;\n\tsetAttr -s {count} ".ktv[0:{count - 1}]"  {keys};\n'
        'connectAttr "c.o" "t.tx";\n'
    )
    script = f"cmds.file({str(scene)!r}, open=True, force=True)\nresult = cmds.getAttr('t.translateX', time={at})"
    assert maya(script) == pytest.approx(value)


@pytest.mark.parametrize(
    ("pre", "post", "at", "value"),
    [
        (0, 0, 15, 10.0),
        (1, 1, 21, 20.0),
        (3, 3, 16, 5.0),
        (4, 4, 16, 15.0),
        (5, 5, 13, 8.0),
        (3, 3, -4, 5.0),
        (0, 0, -4, 0.0),
        (1, 0, -4, -5.0),
        (4, 0, -4, -5.0),
        (5, 0, -4, 5.0),
        (5, 0, -14, 5.0),
        (0, 4, 36, 35.0),
        (0, 3, 36, 5.0),
    ],
)
def test_beyond_the_keys(maya: Any, tmp_path: Path, pre: int, post: int, at: float, value: float) -> None:
    scene = tmp_path / "curve.ma"
    scene.write_text(
        '//Maya ASCII 2026 scene\ncreateNode transform -n "t";\ncreateNode animCurveTL -n "c";\n\tsetAttr ".tan" 2;\n'
        f'\tsetAttr -s 2 ".ktv[0:1]"  1 0 11 10;\n\tsetAttr ".pre" {pre};\n\tsetAttr ".pst" {post};\nconnectAttr "c.o" "t.tx";\n'
    )
    script = f"cmds.file({str(scene)!r}, open=True, force=True)\nresult = cmds.getAttr('t.tx', time={at})"
    assert maya(script) == pytest.approx(value)


def test_the_demo_scene_moves(maya: Any) -> None:
    found = maya(f"""
    cmds.file({str(ORRERY)!r}, open=True, force=True)
    result = {{}}
    for frame in (1, 25, 49, 97):
        cmds.currentTime(frame)
        result[frame] = [cmds.xform(node, query=True, worldSpace=True, translation=True) for node in ('ember', 'moon', 'sun')]
    """)
    assert found["1"][0] == pytest.approx(found["25"][0], abs=1e-4)  # Once round in 24 frames.
    assert found["1"][1] != pytest.approx(found["25"][1], abs=0.5)
    assert found["1"][2] == found["97"][2] == [0, 0, 0]


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("cmds.setAttr('a.t', 1, 2, 3, type='double3')\nresult = cmds.getAttr('a.translate')", [[1, 2, 3]]),
        ("cmds.setAttr('a.ty', 5)\nresult = [cmds.getAttr('a.ty'), cmds.getAttr('a.t')]", [5, [[0, 5, 0]]]),
        ("result = [cmds.getAttr('a.v'), cmds.getAttr('a.sx')]", [True, 1]),
        ("cmds.setAttr('a.t', 1, 0, 0)\ncmds.setAttr('b.ry', 90)\ncmds.parent('a', 'b', relative=True)\n"
         "result = [round(x, 6) for x in cmds.xform('a', q=True, ws=True, t=True)]", [0, 0, -1]),
        ("cmds.setAttr('a.t', 1, 2, 3)\ncmds.setAttr('a.r', 10, 20, 30)\ncmds.setAttr('a.s', 1, 2, 1)\n"
         "cmds.setAttr('b.t', 4, 5, 6)\ncmds.setAttr('b.r', 70, -30, 200)\ncmds.setAttr('b.s', 2, 2, 2)\n"
         "world = lambda: [round(x, 6) for x in cmds.xform('a', query=True, worldSpace=True, matrix=True)]\n"
         "before = world()\ncmds.parent('a', 'b')\nthere = world()\ncmds.parent('a', world=True)\n"
         "result = [before == there == world(), cmds.ls('a', long=True)]", [True, ["|a"]]),
        ("cmds.setAttr('a.tx', 3, lock=True)\nresult = [cmds.getAttr('a.tx', lock=True), cmds.getAttr('a.tx')]\n"
         "try:\n    cmds.setAttr('a.tx', 4)\nexcept RuntimeError as error:\n    result.append('locked' in str(error))\n"
         "cmds.setAttr('a.tx', lock=False)\ncmds.setAttr('a.tx', 5)\nresult.append(cmds.getAttr('a.tx'))", [True, 3, True, 5]),
        ("cmds.setAttr('a.tx', lock=True)\nresult = cmds.getAttr('a.t')", [[0, 0, 0]]),
        ("cmds.setKeyframe('a.tx', time=24, value=0)\ncmds.currentUnit(time='pal')\n"
         "result = cmds.keyframe('a.tx', query=True, timeChange=True)", [25]),
        ("result = cmds.getAttr(cmds.polyCube(width=3)[1] + '.width')", 3),
        ("cmds.namespace(add='n')\ncmds.namespace(set='n')\nresult = [cmds.createNode('transform', name='a'),\n"
         "    cmds.namespaceInfo(currentNamespace=True)]\ncmds.namespace(set=':')\n"
         "result += [cmds.ls('a'), cmds.ls('a', recursive=True), cmds.namespaceInfo(listOnlyNamespaces=True)]",
         ["n:a", "n", ["a"], ["a", "n:a"], ["UI", "n", "shared"]]),
        ("cmds.connectAttr('a.tx', 'b.ty')\nresult = cmds.listConnections('b', connections=True, plugs=True, type='transform')",
         ["b.ty", "a.tx"]),
        ("cmds.setKeyframe('a.tx', time=1, value=0)\ncmds.setKeyframe('a.tx', time=3, value=4)\n"
         "result = [cmds.getAttr('a.tx', time=t) for t in (1, 2, 3)]", [0, 2, 4]),
        ("cmds.addAttr('a', longName='note', dataType='string')\ncmds.setAttr('a.note', 'hello', type='string')\n"
         "result = cmds.getAttr('a.note')", "hello"),
        ("cmds.connectAttr('a.tx', 'b.tx')\ncmds.setAttr('a.tx', 7)\nresult = cmds.getAttr('b.translateX')", 7),
        ("cmds.setAttr('a.t', 1, 2, 3, type='double3')\nresult = isinstance(cmds.getAttr('a.tx'), float)", True),
        ("cmds.setAttr('a.ty', 5)\nresult = isinstance(cmds.getAttr('a.ty'), float)", True),
        ("cmds.setAttr('a.v', 0)\nresult = cmds.getAttr('a.visibility')", False),
        ("[cmds.connectAttr(n + '.tx', 'a.notes', nextAvailable=True) for n in 'ab']\n"
         "result = cmds.listConnections('a.notes', plugs=True)", ["a.tx", "b.tx"]),
        ("cmds.group('a', name='g')\ncmds.createNode('transform', name='a')\nresult = cmds.parent('|a', 'g')", ["a1"]),
        ("cmds.setKeyframe('a', attribute=['tx', 'ty'], time=1, value=2)\nresult = cmds.getAttr('a.t')", [[2, 2, 0]]),
        ("result = cmds.rename('a', 'b')", "b1"),
        ("cmds.createNode('transform', name='a')\nresult = cmds.ls('a*', type='transform')", ["a", "a1"]),
        ("cmds.group('a', 'b', name='g')\nresult = cmds.ls('a', long=True)", ["|g|a"]),
    ],
)  # fmt: skip
def test_small_things(maya: Any, script: str, value: Any) -> None:
    assert maya("cmds.createNode('transform', name='a')\ncmds.createNode('transform', name='b')\n" + script) == value
