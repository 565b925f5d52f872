"""Keys of animation curves, changed: tangents stay with their keys."""

from __future__ import annotations

from collections.abc import Iterable

from .evaluate import elements, numbers
from .scene import Attribute, Node
from .undo import queue

_TANGENTS = ("kit", "kot", "kix", "kiy", "kox", "koy")


def of(curve: Node) -> dict[float, float]:
    """Returns a curve's values by time, in frames."""
    flat = numbers(curve, "ktv")
    return dict(zip(flat[0::2], flat[1::2], strict=True))


def put(curve: Node, time: float, value: float) -> None:
    """Sets one key."""
    before = list(of(curve))
    after = sorted({*before, time})
    _write(curve, {**of(curve), time: value})
    if len(after) != len(before):
        _move_tangents(curve, {old: after.index(at) for old, at in enumerate(before)})


def rescale(nodes: Iterable[Node], factor: float) -> None:
    """Keeps keys at their times where a frame becomes longer or shorter; curves that are not over time stay."""
    for node in nodes if factor != 1 else ():
        if node.kind.startswith("animCurveT") and (keys := of(node)):
            _write(node, {time * factor: value for time, value in keys.items()})


def _write(curve: Node, keys: dict[float, float]) -> None:
    queue.keep(curve)
    _forget(curve, "ktv")
    texts = [repr(number) for pair in sorted(keys.items()) for number in pair]
    curve.attributes[f"ktv[0:{len(keys) - 1}]"] = Attribute(texts, flags=["-s", str(len(keys))])


def _move_tangents(curve: Node, places: dict[int, int]) -> None:
    for name in _TANGENTS:
        found = elements(curve, name)
        _forget(curve, name)
        for old, value in ((old, value) for old, value in found.items() if old in places):
            curve.attributes[f"{name}[{places[old]}]"] = Attribute([f"{value:.17g}"])


def _forget(curve: Node, array: str) -> None:
    for path in [path for path in curve.attributes if path.startswith(f"{array}[")]:
        del curve.attributes[path]
