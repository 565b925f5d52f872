"""What comes back from the farm is one step of undo."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from farmfutures.maya import undo_step


def chunks(maya: Any) -> list[dict[str, Any]]:
    return [flags for name, _, flags in maya.log if name == "undoInfo"]


def test_a_block_is_a_chunk_with_a_name(maya: Any) -> None:
    with undo_step("Heights"):
        maya.cmds.createNode("transform", name="a")
        with undo_step():
            maya.cmds.createNode("transform", name="b")
    assert [name for name, _, _ in maya.log] == ["undoInfo", "createNode", "undoInfo", "createNode", "undoInfo", "undoInfo"]
    assert chunks(maya) == [
        {"openChunk": True, "chunkName": "Heights"},
        {"openChunk": True, "chunkName": "FarmFutures results"},
        {"closeChunk": True},
        {"closeChunk": True},
    ]


def test_one_undo_takes_all_of_it_back(maya: Any) -> None:
    """N9: results that come in one block, over many nodes."""
    before = maya.own()
    with undo_step("Heights"):
        for number in range(3):
            maya.cmds.setAttr(f"{maya.cmds.createNode('transform')}.translateY", number)
    assert len(maya.own()) == len(before) + 3
    assert maya.cmds.undoInfo(query=True, undoName=True) == "Heights"
    maya.cmds.undo()
    assert maya.own() == before


def test_a_block_that_fails_is_closed(maya: Any) -> None:
    """An open chunk would swallow all that the artist does afterwards."""
    with pytest.raises(ValueError, match="No object"), undo_step():
        maya.cmds.getAttr("nothing.tx")
    assert chunks(maya)[-1] == {"closeChunk": True}


def test_off_the_main_thread_nothing_is_opened(maya: Any) -> None:
    caught: list[Exception] = []

    def work() -> None:
        try:
            with undo_step():
                raise AssertionError("inside")
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])
    assert [flags for flags in chunks(maya) if "closeChunk" in flags] == []
