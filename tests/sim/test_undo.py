"""The undo queue: what is taken back, what is one step, what leaves it alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

STATE = """
cmds.file(new=True, force=True)
cmds.createNode('transform', name='a')
cmds.createNode('transform', name='b')
cmds.setAttr('a.t', 1, 2, 3)
cmds.connectAttr('a.tx', 'b.tx')
cmds.select('a')
def state():
    own = [node for node in cmds.ls(long=True) if not cmds.ls(node, defaultNodes=True)]
    plugs = [[node, cmds.getAttr(node + '.t'), cmds.listAttr(node, userDefined=True)] for node in cmds.ls('a*', 'b*')
             if cmds.nodeType(node) == 'transform']
    connections = [cmds.listConnections(node, plugs=True) for node in own]
    keys = [cmds.keyframe(curve, query=True, timeChange=True) for curve in cmds.ls(type='animCurve')]
    return [own, plugs, connections, keys, cmds.ls(selection=True), cmds.currentTime(query=True)]
before = state()
def step():
    return cmds.undoInfo(query=True, undoName=True)
"""

CHANGES = {
    "createNode": "cmds.createNode('mesh')",
    "delete": "cmds.delete('b')",
    "delete a parent": "cmds.parent('b', 'a')\nbefore = state()\ncmds.delete('a')",
    "setAttr": "cmds.setAttr('a.t', 7, 8, 9)",
    "setAttr of a child": "cmds.setAttr('a.ty', 7)",
    "a lock": "cmds.setAttr('a.ty', lock=True)\ncmds.undo()\ncmds.setAttr('a.ty', 5)",
    "addAttr": "cmds.addAttr('a', longName='note', dataType='string')",
    "connectAttr": "cmds.connectAttr('a.ty', 'b.ty')",
    "connectAttr by force": "cmds.connectAttr('a.ty', 'b.tx', force=True)",
    "disconnectAttr": "cmds.disconnectAttr('a.tx', 'b.tx')",
    "rename": "cmds.rename('a', 'c')",
    "parent": "cmds.parent('a', 'b')",
    "group": "cmds.group('a', 'b', name='a_and_b')",
    "select": "cmds.select('b', add=True)",
    "deselect": "cmds.select(clear=True)",
    "setKeyframe": "cmds.setKeyframe('a.ty', time=3, value=4)",
    "another key": "cmds.setKeyframe('a.ty', time=1, value=2)\nbefore = state()\ncmds.setKeyframe('a.ty', time=3, value=4)",
    "currentTime": "cmds.currentTime(9)",
    "polyCube": "cmds.polyCube(name='a_cube', width=3)",
    "xform": "cmds.xform('a', translation=(4, 4, 4))",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_command_is_taken_back(maya: Any, change: str) -> None:
    found = maya(f"{STATE}\n{change}\nchanged = state() != before\ncmds.undo()\nresult = [changed, state() == before]")
    assert found == [True, True]


def test_a_chunk_is_one_step(maya: Any) -> None:
    """Inner ones are parts of the outer one; what fails midway is taken back as far as it went."""
    assert maya(STATE + """
cmds.undoInfo(openChunk=True, chunkName='Heights')
cmds.setAttr('a.ty', 5)
cmds.undoInfo(openChunk=True)
cmds.createNode('transform', name='c')
cmds.undoInfo(closeChunk=True)
try:
    cmds.setAttr('noSuch.ty', 5)
except RuntimeError:
    pass
except ValueError:
    pass
cmds.undoInfo(closeChunk=True)
result = [step(), state() != before]
cmds.undo()
result += [state() == before, step() != 'Heights']
""") == ["Heights", True, True, True]  # fmt: skip


def test_what_leaves_the_queue_alone(maya: Any, tmp_path: Path) -> None:
    """Queries and exports; while it is off nothing is added, and what was in it stays unless it is flushed."""
    found = maya(STATE + f"""
cmds.setAttr('a.ty', 5)
result = [step()]
cmds.file({str(tmp_path / "copy.ma")!r}, exportAll=True, type='mayaAscii', force=True)
cmds.ls(); cmds.getAttr('a.ty'); cmds.file(query=True, modified=True)
cmds.undoInfo(stateWithoutFlush=False)
cmds.setAttr('a.ty', 6)
cmds.undoInfo(stateWithoutFlush=True)
result += [step(), cmds.undoInfo(query=True, undoQueueEmpty=True)]
cmds.undoInfo(state=False)
result += [cmds.undoInfo(query=True, undoQueueEmpty=True), cmds.undoInfo(query=True, state=True)]
cmds.undoInfo(state=True)
cmds.setAttr('a.ty', 7)
cmds.flushUndo()
result += [cmds.undoInfo(query=True, undoQueueEmpty=True)]
cmds.setAttr('a.ty', 8)
cmds.file(new=True, force=True)
result += [cmds.undoInfo(query=True, undoQueueEmpty=True)]
try:
    cmds.undo()
except RuntimeError as error:
    result.append(str(error))
""")  # fmt: skip
    assert found == ["setAttr", "setAttr", False, True, False, True, True, "There are no more commands to undo."]
