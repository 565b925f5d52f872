"""Attributes and connections."""

from __future__ import annotations

from typing import Any

from .. import names as attribute_names
from ..evaluate import Evaluator, local_matrix, world_matrix
from ..flags import command
from ..scene import Attribute, Node
from ..tokens import Quoted
from ..world import world
from .nodes import resolved


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


@command("time:t type:typ size:s lock:l keyable:k multiIndices:mi settable:se asString silent:sl expandEnvironmentVariables:x")
def getAttr(plug: str, **flags: Any) -> Any:
    """The value of a plug."""
    node, attribute = world.plug(plug)
    if flags.get("lock"):
        return False
    if flags.get("settable"):
        return (node, attribute) not in world.scene.sources
    if flags.get("size"):
        return sum(1 for path in node.attributes if path.startswith(f"{attribute}["))
    try:
        value = evaluator(flags.get("time")).value(node, attribute)
    except LookupError:
        raise ValueError(f"No object matches name: {plug}") from None
    return _type_of(value) if flags.get("type") else value


def _type_of(value: Any) -> str:
    if isinstance(value, list):
        return "matrix" if len(value) == 16 else "double3"
    return {bool: "bool", int: "long", float: "double", str: "string"}.get(type(value), "")


@command("type:typ lock:l keyable:k channelBox:cb clamp:c")
def setAttr(plug: str, *values: Any, **flags: Any) -> None:
    """Sets a plug."""
    node, attribute = world.plug(plug)
    if (node, attribute) in world.scene.sources:
        raise RuntimeError(f"setAttr: The attribute '{plug}' is locked or connected and cannot be modified.")
    if not values:
        return
    if not exists(node, attribute) and not flags.get("type"):
        raise RuntimeError(f"setAttr: No object matches name: {plug}")
    _store(node, attribute, values, flags.get("type") or ("double3" if len(values) == 3 else ""))
    world.scene.modified = True


def _store(node: Node, attribute: str, values: tuple[Any, ...], kind: str) -> None:
    if attribute in attribute_names.PARENTS and (parent := attribute_names.PARENTS[attribute])[0] in node.attributes:
        stored = node.attributes[parent[0]]
        stored.values = [_text(values[0]) if i == parent[1] else text for i, text in enumerate(stored.values)]
        return
    for child in attribute_names.COMPOUNDS.get(attribute, ()):
        node.attributes.pop(child, None)
    node.attributes[attribute] = Attribute([_text(value) for value in values], kind)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return Quoted(value) if isinstance(value, str) else repr(value)


@command("longName:ln shortName:sn attributeType:at dataType:dt defaultValue:dv keyable:k minValue:min maxValue:max enumName:en")
def addAttr(*args: str, **flags: Any) -> None:
    """Gives a node an attribute."""
    for node in resolved(args):
        words = ["addAttr", "-ln", Quoted(flags["longName"])]
        for flag, name in (("shortName", "-sn"), ("attributeType", "-at"), ("dataType", "-dt"), ("defaultValue", "-dv")):
            if flag in flags:
                words += [name, Quoted(flags[flag]) if isinstance(flags[flag], str) else repr(flags[flag])]
        node.dynamic.append(words)
    world.scene.modified = True


@command("node:n exists:ex longName:ln shortName:sn listChildren:lc keyable:k")
def attributeQuery(attribute: str, **flags: Any) -> Any:
    """What an attribute is."""
    return exists(world.node(flags["node"]), attribute) if flags.get("exists") else attribute


@command("keyable:k userDefined:ud string:st settable:s")
def listAttr(*args: str, **flags: Any) -> list[str]:
    """The attributes that a file or a script gave a node."""
    return [
        str(words[words.index("-ln") + 1]) for node in resolved(args) for words in node.dynamic if "-ln" in words
    ] + ([] if flags.get("userDefined") else [path for node in resolved(args) for path in node.attributes])  # fmt: skip


@command("force:f nextAvailable:na")
def connectAttr(source: str, to: str, **flags: Any) -> str:
    """Connects two plugs."""
    start, end = world.plug(source), world.plug(to)
    if end in world.scene.sources and not flags.get("force"):
        raise RuntimeError(f"'{to}' already has an incoming connection; use the force flag to override it.")
    world.scene.connect(start, end, ["-na"] if flags.get("nextAvailable") else ())
    world.scene.modified = True
    return f"Connected {source} to {to}."


@command()
def disconnectAttr(source: str, to: str) -> str:
    """Takes a connection away."""
    start, end = world.plug(source), world.plug(to)
    if world.scene.sources.get(end) != start:
        raise RuntimeError(f"There is no connection from '{source}' to '{to}' to disconnect")
    world.scene.disconnect(end)
    world.scene.modified = True
    return f"Disconnect {source} from {to}."


@command("source:s destination:d plugs:p type:t connections:c skipConversionNodes:scn exactType:et")
def listConnections(*args: Any, **flags: Any) -> list[str] | None:
    """What is connected to a node or a plug."""
    found: list[str] = []
    for name in args if isinstance(args[0], str) else args[0]:
        node, _, attribute = name.partition(".")
        wanted = (world.node(node), attribute_names.short(world.node(node).kind, attribute) if attribute else None)
        for made in world.scene.connections:
            if flags.get("source", True) and _is(made.to, wanted):
                found.append(_shown(made.source, flags))
            if flags.get("destination", True) and _is(made.source, wanted):
                found.append(_shown(made.to, flags))
    return found or None


def _is(plug: tuple[Node, str], wanted: tuple[Node, str | None]) -> bool:
    """Whether a plug is the wanted one, an element of it or a child."""
    if plug[0] is not wanted[0] or wanted[1] is None:
        return plug[0] is wanted[0]
    return plug[1] == wanted[1] or plug[1].startswith((f"{wanted[1]}[", f"{wanted[1]}."))


def _shown(plug: tuple[Node, str], flags: dict[str, Any]) -> str:
    name = world.scene.unique(plug[0])
    return f"{name}.{plug[1]}" if flags.get("plugs") else name


@command("query:q worldSpace:ws objectSpace:os translation:t rotation:ro scale:s matrix:m relative:r absolute:a")
def xform(*args: Any, **flags: Any) -> Any:
    """Transforms, asked for or set."""
    (node,) = resolved(args)
    if flags.get("query"):
        return _asked(node, flags)
    for flag, attribute in (("translation", "t"), ("rotation", "r"), ("scale", "s")):
        if flag in flags:
            _store(node, attribute, tuple(flags[flag]), "double3")
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
