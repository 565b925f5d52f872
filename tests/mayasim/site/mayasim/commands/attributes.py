"""Attributes and connections."""

from __future__ import annotations

from typing import Any

from .. import names as attribute_names
from ..evaluate import Evaluator, given, local_matrix, world_matrix
from ..flags import command
from ..scene import Attribute, Node, Plug
from ..tokens import Quoted
from ..undo import queue
from ..world import world
from .nodes import kinds, resolved


def evaluator(time: float | None = None) -> Evaluator:
    """Reads the scene at a frame, or at the current one."""
    return Evaluator(world.scene, world.scene.time if time is None else float(time), world.fps)


def exists(node: Node, attribute: str) -> bool:
    """Whether a node has an attribute, as far as is known."""
    try:
        evaluator().value(node, attribute_names.short(node.kind, attribute))
    except LookupError:
        return False
    return True


@command("time:t type:typ size:s lock:l settable:se")
def getAttr(plug: str, **flags: Any) -> Any:
    """The value of a plug."""
    node, attribute = world.plug(plug)
    if flags.get("lock"):
        return _is_locked(node, attribute)
    if flags.get("settable"):
        return (node, attribute) not in world.scene.sources and not _is_locked(node, attribute)
    if flags.get("size"):
        return sum(1 for path in node.attributes if path.startswith(f"{attribute}["))
    try:
        value = evaluator(flags.get("time")).value(*_in_layer(node, attribute))
    except LookupError:
        raise ValueError(f"No object matches name: {plug}") from None
    return _type_of(value) if flags.get("type") else value


def _in_layer(node: Node, attribute: str) -> Plug:
    """Where a plug has its value: in the current render layer, if that overrides it."""
    for (to, path), source in world.scene.sources.items():
        if source == (node, attribute) and to.name == world.layer and path.startswith("adjs["):
            return to, path.replace(".plg", ".val")
    return node, attribute


def _type_of(value: Any) -> str:
    if isinstance(value, list):
        return "matrix" if len(value) == 16 else "double3"
    return {bool: "bool", int: "long", float: "double", str: "string"}.get(type(value), "")


@command("type:typ lock:l keyable:k channelBox:cb", undoable=True)
def setAttr(plug: str, *values: Any, **flags: Any) -> None:
    """Sets a plug."""
    node, attribute = world.plug(plug)
    if not exists(node, attribute) and not flags.get("type"):
        raise RuntimeError(f"setAttr: No object matches name: {plug}")
    if values:
        if (node, attribute) in world.scene.sources or (_is_locked(node, attribute) and flags.get("lock") is not False):
            raise RuntimeError(f"setAttr: The attribute '{plug}' is locked or connected and cannot be modified.")
        store(node, attribute, values, flags.get("type") or ("double3" if len(values) == 3 else ""))
    _mark(node, attribute, flags)
    node.edited.add(attribute if attribute in node.attributes else attribute_names.PARENTS[attribute][0])
    world.scene.modified = True


def _mark(node: Node, attribute: str, flags: dict[str, Any]) -> None:
    """Notes what is said of a plug besides its value, in the words of a file."""
    queue.keep(node)
    for flag, word in (("lock", "-l"), ("keyable", "-k"), ("channelBox", "-cb")):
        if flag in flags:
            stored = node.attributes.setdefault(attribute, Attribute([]))
            if word in stored.flags:
                at = stored.flags.index(word)
                del stored.flags[at : at + 2]
            stored.flags += [word, "on" if flags[flag] else "off"]


def _is_locked(node: Node, attribute: str) -> bool:
    parent = attribute_names.PARENTS.get(attribute, ("",))[0]
    words = [found.flags for name in (attribute, parent) if (found := node.attributes.get(name)) is not None]
    return any("-l" in flags and flags[flags.index("-l") + 1] in ("on", "yes", "true") for flags in words)


def store(node: Node, attribute: str, values: tuple[Any, ...], kind: str = "") -> None:
    """Sets a plug, whether it may be or not."""
    queue.keep(node)
    if attribute in attribute_names.PARENTS and given(node, (parent := attribute_names.PARENTS[attribute])[0]):
        stored = node.attributes[parent[0]]
        node.attributes.pop(attribute, None)
        stored.values = [_text(values[0]) if i == parent[1] else text for i, text in enumerate(stored.values)]
        return
    for child in attribute_names.COMPOUNDS.get(attribute, ()):
        node.attributes.pop(child, None)
    marks = node.attributes[attribute].flags if attribute in node.attributes else []
    node.attributes[attribute] = Attribute([_text(value) for value in values], kind, marks)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return Quoted(value) if isinstance(value, str) else repr(value)


_ADDED = {
    "shortName": "-sn", "attributeType": "-at", "dataType": "-dt", "defaultValue": "-dv", "keyable": "-k", "minValue": "-min",
    "maxValue": "-max", "enumName": "-en",
}  # fmt: skip


@command("longName:ln shortName:sn attributeType:at dataType:dt defaultValue:dv keyable:k minValue:min maxValue:max enumName:en",
         undoable=True)  # fmt: skip
def addAttr(*args: str, **flags: Any) -> None:
    """Gives a node an attribute."""
    for node in resolved(args):
        queue.keep(node)
        words = ["addAttr", "-ln", Quoted(flags["longName"])]
        for flag, name in _ADDED.items():
            if flag in flags:
                words += [name, _text(flags[flag])]
        node.dynamic.append(words)
    world.scene.modified = True


@command("userDefined:ud")
def listAttr(*args: str, **flags: Any) -> list[str]:
    """The attributes that a file or a script gave a node."""
    return [
        str(words[words.index("-ln") + 1]) for node in resolved(args) for words in node.dynamic if "-ln" in words
    ] + ([] if flags.get("userDefined") else [path for node in resolved(args) for path in node.attributes])  # fmt: skip


@command("force:f nextAvailable:na", undoable=True)
def connectAttr(source: str, to: str, **flags: Any) -> str:
    """Connects two plugs."""
    start, end = world.plug(source), world.plug(to)
    if end in world.scene.sources and not flags.get("force"):
        raise RuntimeError(f"'{to}' already has an incoming connection; use the force flag to override it.")
    world.scene.connect(start, end, ["-na"] if flags.get("nextAvailable") else ())
    world.scene.modified = True
    return f"Connected {source} to {to}."


@command(undoable=True)
def disconnectAttr(source: str, to: str) -> str:
    """Takes a connection away."""
    start, end = world.plug(source), world.plug(to)
    if world.scene.sources.get(end) != start:
        raise RuntimeError(f"There is no connection from '{source}' to '{to}' to disconnect")
    world.scene.disconnect(end)
    world.scene.modified = True
    return f"Disconnect {source} from {to}."


@command("source:s destination:d plugs:p type:t connections:c")
def listConnections(*args: Any, **flags: Any) -> list[str] | None:
    """What is connected to a node or a plug."""
    found: list[str] = []
    for name in args if isinstance(args[0], str) else args[0]:
        node, _, attribute = name.partition(".")
        wanted = (world.node(node), attribute_names.short(world.node(node).kind, attribute) if attribute else None)
        for made in world.scene.connections:
            if flags.get("source", True) and _is(made.to, wanted):
                found += _shown(made.to, made.source, flags)
            if flags.get("destination", True) and _is(made.source, wanted):
                found += _shown(made.source, made.to, flags)
    return found or None


def _is(plug: tuple[Node, str], wanted: tuple[Node, str | None]) -> bool:
    """Whether a plug is the wanted one, an element of it or a child."""
    if plug[0] is not wanted[0] or wanted[1] is None:
        return plug[0] is wanted[0]
    return plug[1] == wanted[1] or plug[1].startswith((f"{wanted[1]}[", f"{wanted[1]}."))


def _shown(own: Plug, other: Plug, flags: dict[str, Any]) -> list[str]:
    if "type" in flags and flags["type"] not in kinds(other[0]):
        return []
    name = world.scene.unique(other[0])
    shown = f"{name}.{other[1]}" if flags.get("plugs") else name
    return [f"{world.scene.unique(own[0])}.{own[1]}", shown] if flags.get("connections") else [shown]


@command("query:q worldSpace:ws objectSpace:os translation:t rotation:ro scale:s matrix:m absolute:a", undoable=True)
def xform(*args: Any, **flags: Any) -> Any:
    """Transforms, asked for or set."""
    (node,) = resolved(args)
    if flags.get("query"):
        return _asked(node, flags)
    for flag, attribute in (("translation", "t"), ("rotation", "r"), ("scale", "s")):
        if flag in flags:
            if flags.get("worldSpace") and (node.parent is not None or flag == "scale"):
                raise NotImplementedError("the stand-in's xform sets world space only of nodes that have no parent")
            store(node, attribute, tuple(flags[flag]), "double3")
            node.edited.add(attribute)
    world.scene.modified = True
    return None


def _asked(node: Node, flags: dict[str, Any]) -> list[float]:
    plugs = evaluator()
    matrix = world_matrix(plugs, node) if flags.get("worldSpace") else local_matrix(plugs, node)
    if flags.get("matrix"):
        return [x for row in matrix for x in row]
    if flags.get("translation"):
        return list(matrix[3][:3])
    return list(plugs.value(node, "r" if flags.get("rotation") else "s")[0])
