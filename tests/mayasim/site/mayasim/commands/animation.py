"""Time and keys."""

from __future__ import annotations

from typing import Any

from .. import keys
from .. import names as attribute_names
from ..flags import command, names
from ..scene import Node
from ..undo import queue
from ..world import world
from .attributes import evaluator

_CURVES = {"t": "animCurveTL", "r": "animCurveTA"}
_KEYABLE = ("tx", "ty", "tz", "rx", "ry", "rz", "sx", "sy", "sz", "v")


@command("query:q edit:e update:u", undoable=True)
def currentTime(*args: float, **flags: Any) -> float:
    """The current frame."""
    if args:
        scene, before = world.scene, world.scene.time
        queue.record(lambda: setattr(scene, "time", before))
        scene.time = float(args[0])
    return world.scene.time


@command("query:q edit:e minTime:min maxTime:max animationStartTime:ast animationEndTime:aet")
def playbackOptions(**flags: Any) -> Any:
    """The playback range."""
    if flags.pop("query", False):
        return world.playback[next(iter(flags))]
    flags.pop("edit", None)
    world.playback.update({name: float(value) for name, value in flags.items()})
    return None


@command("attribute:at time:t value:v", undoable=True)
def setKeyframe(*args: Any, **flags: Any) -> int:
    """Sets a key."""
    keyed = 0
    for target in names(*args) or [node.name for node in world.scene.selection]:
        name, _, attribute = target.partition(".")
        for wanted in [attribute] if attribute else names(flags.get("attribute") or _KEYABLE):
            _set(world.node(name), wanted, flags)
            keyed += 1
    world.scene.modified = True
    return keyed


def _set(node: Node, attribute: str, flags: dict[str, Any]) -> None:
    attribute = attribute_names.short(node.kind, attribute)
    time = float(flags.get("time", world.scene.time))
    value = flags["value"] if "value" in flags else evaluator(time).value(node, attribute)
    keys.put(_curve(node, attribute), time, float(value))


def _curve(node: Node, attribute: str) -> Node:
    source = world.scene.sources.get((node, attribute))
    if source is not None:
        return source[0]
    kind = _CURVES.get(attribute_names.PARENTS.get(attribute, ("",))[0], "animCurveTU")
    curve = world.scene.create(kind, world.scene.free_name(f"{node.name}_{attribute}"))
    world.scene.connect((curve, "o"), (node, attribute))
    return curve


@command("query:q timeChange:tc valueChange:vc keyframeCount:kc attribute:at")
def keyframe(target: str, **flags: Any) -> Any:
    """Keys of a curve, or of a plug."""
    name, _, attribute = target.partition(".")
    node = world.node(name)
    attribute = attribute or flags.get("attribute", "")
    if attribute:
        source = world.scene.sources.get((node, attribute_names.short(node.kind, attribute)))
        if source is None:
            return 0 if flags.get("keyframeCount") else None
        node = source[0]
    found = keys.of(node)
    if flags.get("keyframeCount"):
        return len(found)
    return list(found.values() if flags.get("valueChange") else found)
