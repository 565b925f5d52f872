"""How a call becomes work items, and what people are told of it."""

from __future__ import annotations

from typing import Any

import pytest

from farmfutures.errors import OptionError
from farmfutures_maya.actions import Frame, FrameRange, Frames, Item, Node, params
from farmfutures_maya.actions.split import Asked, Split, frames_in_words, in_words


def once(text: str = "") -> None: ...
def per_frame(frame: Frame) -> None: ...
def maybe(frame: Frame | None = None, item: Item | None = None) -> None: ...
def per_run(frames: Frames) -> None: ...
def per_node(node: Node, frames: FrameRange) -> None: ...


def split(function: Any, *args: Any, **kwargs: Any) -> Split:
    return Split(params.read(function), Asked(*args, **kwargs), "It")


CASES: list[tuple[Any, dict[str, Any], list[tuple[str, list[dict[str, Any]]]], str]] = [
    (once, {}, [("It", [{}])], "1 work item"),
    (once, {"frames": "1-5"}, [("It", [{}])], "1 work item"),
    (per_frame, {"frames": "3,1"}, [("frame 0003", [{"frame": 3}]), ("frame 0001", [{"frame": 1}])], "2 work items"),
    (
        per_frame,
        {"frames": "1-3", "chunk": 2},
        [("frames 0001-0002", [{"frame": 1}, {"frame": 2}]), ("frame 0003", [{"frame": 3}])],
        "1 work item of 2 frames, and 1 of 1",
    ),
    (
        per_run,
        {"frames": "1-4", "chunk": 2},
        [("frames 0001-0002", [{"frames": (1, 2)}]), ("frames 0003-0004", [{"frames": (3, 4)}])],
        "2 work items of 2 frames",
    ),
    (maybe, {}, [("It", [{"frame": None, "item": None}])], "1 work item"),
    (maybe, {"items": ("a", "b")}, [(n, [{"frame": None, "item": n}]) for n in "ab"], "2 work items"),
    (
        maybe,
        {"frames": "1,2", "items": ("a",)},
        [("a frame 0001", [{"frame": 1, "item": "a"}]), ("a frame 0002", [{"frame": 2, "item": "a"}])],
        "2 work items",
    ),
    (
        per_node,
        {"frames": "1-3", "chunk": 2, "nodes": ("|a", "|b")},
        [(f"{n} frames 0001-0003", [{"node": n, "frames": (1, 2, 3)}]) for n in ("|a", "|b")],
        "2 work items of 3 frames",
    ),
]


@pytest.mark.parametrize(("function", "asked", "works", "words"), CASES)
def test_work_items(function: Any, asked: dict[str, Any], works: list[Any], words: str) -> None:
    found = split(function, **asked)
    assert [(work.name, list(work.supplied)) for work in found.works()] == works
    assert len(found) == len(works)
    assert in_words(found) == words


def test_a_work_item_of_some_frames_returns_a_list_even_where_it_has_one() -> None:
    assert [work.listed for work in split(per_frame, "1-3", 2).works()] == [True, True]
    assert [work.listed for work in split(per_frame, "1-3").works()] == [False] * 3
    assert [work.listed for work in split(per_run, "1-3", 2).works()] == [False] * 2


@pytest.mark.parametrize(
    ("function", "asked", "said"),
    [
        (per_frame, {}, "there are no frames: It needs some."),
        (per_run, {"frames": "1-"}, "is no frame range"),
        (per_node, {"frames": "1"}, "there are no nodes: It needs some."),
        (per_frame, {"frames": "1", "chunk": 0}, "chunk=0: give 1 frame or more."),
    ],
)
def test_what_is_missing_is_said(function: Any, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        split(function, **asked)


def test_38_work_items_of_3_frames() -> None:
    assert in_words(split(per_frame, "1-114", 3)) == "38 work items of 3 frames"
    assert in_words(split(per_frame, "1-113", 3)) == "37 work items of 3 frames, and 1 of 2"
    assert in_words(split(per_frame, "1-10000")) == "10,000 work items"


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([], "no frames"),
        ([7], "frame 7"),
        (range(1, 101), "100 frames, 1 to 100"),
        (range(1, 101, 3), "34 frames, 1 to 100, every 3rd"),
        (range(10, 0, -1), "10 frames, 10 to 1, backwards"),
        ([1, 2, 3, 10], "4 frames from 1 to 10, 6 frames left out"),
        ([1, 5, 3, 2, 4], "5 frames from 1 to 5, in the order given"),
        (range(0, 2200, 11), "200 frames, 0 to 2189, every 11th"),
    ],
)
def test_frames_in_words(frames: Any, words: str) -> None:
    assert frames_in_words(list(frames)) == words
