"""Nodes: listing, types, making and unmaking, selection, hierarchy, namespaces."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from typing import Any

from .. import names as attribute_names
from ..evaluate import stay, world_matrix
from ..flags import command, names
from ..scene import SHAPES, Attribute, Node
from ..world import world

_INHERITS = {
    "mesh": ("shape", "geometryShape"), "nurbsCurve": ("shape", "geometryShape"), "nurbsSurface": ("shape", "geometryShape"),
    "camera": ("shape",), "locator": ("shape", "geometryShape"), "joint": ("transform",), "pointLight": ("light", "shape"),
    "directionalLight": ("light", "shape"), "spotLight": ("light", "shape"), "ambientLight": ("light", "shape"),
    "file": ("texture2d",), "shadingEngine": ("objectSet",),
}  # fmt: skip


_PLUGIN_TYPES = {
    "xgmPalette": "xgenToolkit", "xgmDescription": "xgenToolkit", "pgYetiMaya": "pgYetiMaya", "HairFromGuidesNode": "Ornatrix",
    "aiStandIn": "mtoa", "mayaUsdProxyShape": "mayaUsdPlugin", "gpuCache": "gpuCache", "AlembicNode": "AbcImport",
}  # fmt: skip


def kinds(node: Node) -> tuple[str, ...]:
    """Returns a node's type and what that is a kind of."""
    kind = "unknown" if node.unknown else node.kind
    curve = ("animCurve",) if kind.startswith("animCurve") else ()
    dag = ("dagNode",) if node.is_dag else ()
    return (kind, *_INHERITS.get(kind, ()), *curve, *dag)


def _need_type(kind: str) -> None:
    """Refuses types of plug-ins that are not loaded, as Maya does; other types it takes to be known."""
    plugin = _PLUGIN_TYPES.get(kind)
    if plugin and plugin not in world.plugins and not any(node.kind == kind for node in world.scene.nodes):
        raise RuntimeError(f"Unknown object type: {kind}")


def match(pattern: str, *, recursive: bool = False) -> list[Node]:
    """Returns the nodes that a name with wildcards means.

    Args:
        pattern: A name; without a namespace it means nodes of none.
        recursive: It means those in namespaces too.
    """
    if not any(sign in pattern for sign in "*?") and not recursive:
        return world.scene.find(pattern)
    path = "|" in pattern
    return [
        node for node in world.scene.nodes
        if fnmatch.fnmatchcase(node.path if path else node.name.rpartition(":")[2] if recursive else node.name, pattern)
        and (recursive or ":" in pattern or ":" not in node.name)
    ]  # fmt: skip


def resolved(args: Iterable[Any]) -> list[Node]:
    """Returns the nodes of names, or what is selected.

    Raises:
        ValueError: A name means nothing.
    """
    given = names(*args)
    found: list[Node] = []
    for name in given:
        matching = match(name)
        if not matching:
            raise ValueError(f"No object matches name: {name}")
        found += matching
    return found if given else list(world.scene.selection)


@command(
    "type:typ exactType:ext selection:sl long:l dag:dag shapes:s transforms:tr assemblies:as cameras:ca references:rf "
    "defaultNodes:dn readOnly:ro recursive:r showType:st uuid:uid lights:lt textures:tex referencedNodes:rn"
)
def ls(*args: Any, **flags: Any) -> list[str]:
    """Lists nodes."""
    found = list(world.scene.selection) if flags.get("selection") else _candidates(args, flags)
    if "type" in flags or "exactType" in flags:
        wanted = set(names(flags.get("type") or flags.get("exactType")))
        for kind in sorted(wanted):
            _need_type(kind)
        exact = "exactType" in flags  # Asked of large scenes, for many types one after the other.
        found = [node for node in found if (node.kind in wanted if exact and not node.unknown else _is_a(node, wanted, exact))]
    for flag, test in _TESTS.items():
        if flags.get(flag):
            found = [node for node in found if test(node)]
    if flags.get("uuid"):
        return [node.uuid for node in found]
    shown = [node.path if flags.get("long") else world.scene.unique(node) for node in found]
    if flags.get("showType"):
        return [text for name, node in zip(shown, found, strict=True) for text in (name, kinds(node)[0])]
    return shown


def _is_a(node: Node, wanted: set[str], exact: bool) -> bool:
    return bool(wanted & set(kinds(node)[: 1 if exact else None]))


_TESTS = {
    "dag": lambda node: node.is_dag,
    "shapes": lambda node: node.is_dag and node.parent is not None and "transform" not in kinds(node),
    "transforms": lambda node: "transform" in kinds(node),
    "assemblies": lambda node: node.is_dag and node.parent is None,
    "cameras": lambda node: node.kind == "camera",
    "lights": lambda node: "light" in kinds(node),
    "references": lambda node: node.kind == "reference",
    "textures": lambda node: "texture2d" in kinds(node),
    "defaultNodes": lambda node: node.default or node.shared,
    "referencedNodes": lambda node: node.reference is not None,
    "readOnly": lambda node: node.reference is not None or node.default,
}


def _candidates(args: tuple[Any, ...], flags: dict[str, Any]) -> list[Node]:
    given = names(*args)
    if not given:
        return list(world.scene.nodes)
    found: dict[int, Node] = {}
    for name in given:
        found.update((id(node), node) for node in match(name, recursive=bool(flags.get("recursive"))))
    return list(found.values())


@command("inherited:i")
def nodeType(name: str, **flags: Any) -> Any:
    """The type of a node."""
    node = world.node(name.partition(".")[0])
    return list(reversed(kinds(node))) if flags.get("inherited") else kinds(node)[0]


@command("isType:i isAType:isa")
def objectType(name: str, **flags: Any) -> Any:
    """The type of a node."""
    node = world.node(name)
    if "isType" in flags:
        return flags["isType"] == kinds(node)[0]
    return flags["isAType"] in kinds(node) if "isAType" in flags else kinds(node)[0]


@command()
def objExists(name: str) -> bool:
    """Whether a node, or an attribute of one, is there."""
    from .attributes import exists

    node, dot, attribute = name.partition(".")
    found = match(node)
    return bool(found) and (not dot or exists(found[0], attribute))


@command("name:n parent:p shared:s skipSelect:ss", undoable=True)
def createNode(kind: str, **flags: Any) -> str:
    """Makes a node; a shape gets a transform."""
    scene = world.scene
    parent = world.node(flags["parent"]) if flags.get("parent") else None
    name = world.in_namespace(flags.get("name") or f"{kind}1")
    if flags.get("shared") and scene.find(name):
        return name
    if kind in SHAPES and parent is None:
        parent = scene.create("transform", scene.free_name(name.replace("Shape", "")))
        name = name if flags.get("name") else f"{parent.name}Shape"
    node = scene.create(kind, scene.free_name(name, parent), parent)
    scene.modified = True
    if not flags.get("skipSelect"):
        scene.selection = [node]
    return scene.unique(node)


@command(undoable=True)
def delete(*args: Any) -> None:
    """Removes nodes."""
    for node in resolved(args):
        if node.default or node.reference is not None:
            raise RuntimeError(f"Cannot delete locked or read-only node: {node.name}")
        if node in world.scene.nodes:
            world.scene.delete(node)
    world.scene.modified = True


@command("replace:r add:add deselect:d clear:cl all:all noExpand:ne", undoable=True)
def select(*args: Any, **flags: Any) -> None:
    """Selects."""
    scene = world.scene
    found = [] if flags.get("clear") else resolved(args) if names(*args) else []
    if flags.get("all"):
        found = [node for node in scene.nodes if node.is_dag and node.parent is None]
    if flags.get("add"):
        scene.selection = [*scene.selection, *(node for node in found if node not in scene.selection)]
    elif flags.get("deselect"):
        scene.selection = [node for node in scene.selection if node not in found]
    else:
        scene.selection = found


@command("children:c parent:p shapes:s allDescendents:ad fullPath:f path:pa type:typ")
def listRelatives(*args: Any, **flags: Any) -> list[str] | None:
    """Parents, children and shapes."""
    found: list[Node] = []
    for node in resolved(args):
        if flags.get("parent"):
            found += [node.parent] if node.parent is not None else []
        elif flags.get("allDescendents"):
            found += _below(node)
        else:
            found += [child for child in node.children if not flags.get("shapes") or "transform" not in kinds(child)]
    if "type" in flags:
        found = [node for node in found if set(names(flags["type"])) & set(kinds(node))]
    return [node.path if flags.get("fullPath") else world.scene.unique(node) for node in found] or None


def _below(node: Node) -> list[Node]:
    return [*(deep for child in node.children for deep in _below(child)), *node.children]


@command(undoable=True)
def rename(*args: str) -> str:
    """Gives a node another name."""
    node, name = (world.node(args[0]), args[1]) if len(args) > 1 else (world.scene.selection[0], args[0])
    world.scene.modified = True
    return world.scene.rename(node, name)


@command("world:w relative:r", undoable=True)
def parent(*args: Any, **flags: Any) -> list[str]:
    """Puts nodes under the last one."""
    given = names(*args)
    target = None if flags.get("world") else world.node(given.pop())
    moved = [world.node(name) for name in given]
    for node in moved:
        _put(node, target, relative=bool(flags.get("relative")))
    world.scene.modified = True
    return [world.scene.unique(node) for node in moved]


def _put(node: Node, target: Node | None, *, relative: bool) -> None:
    """Puts a node under another; it stays where it is in the world, unless that is not asked for."""
    from .attributes import evaluator, store

    if not relative and not node.unknown and "transform" in kinds(node):
        plugs = evaluator()
        spaces = [world_matrix(plugs, above) if above is not None else None for above in (node.parent, target)]
        if spaces[0] != spaces[1]:
            for attribute, value in stay(plugs, node, target).items():
                store(node, attribute, value, "double3")
    world.scene.move(node, target)


@command("name:n empty:em parent:p world:w", undoable=True)
def group(*args: Any, **flags: Any) -> str:
    """Puts nodes under a new transform."""
    scene = world.scene
    members = [] if flags.get("empty") else resolved(args)
    parents = {id(node.parent): node.parent for node in members}
    above = next(iter(parents.values())) if len(parents) == 1 and not flags.get("world") else None
    above = world.node(flags["parent"]) if flags.get("parent") else above
    made = scene.create("transform", scene.free_name(flags.get("name") or "group1", above), above)
    for node in members:
        _put(node, made, relative=False)
    scene.modified, scene.selection = True, [made]
    return scene.unique(made)


def _primitive(kind: str, shape: str, name: str, sizes: dict[str, Any]) -> list[str]:
    scene = world.scene
    top = scene.create("transform", scene.free_name(name))
    scene.create(shape, f"{top.name}Shape", top)
    scene.modified, scene.selection = True, [top]
    maker = scene.create(kind, scene.free_name(f"{kind}1")) if kind else top.children[0]
    for flag, value in sizes.items():
        if flag != "name":
            maker.attributes[attribute_names.short(maker.kind, flag)] = Attribute([repr(float(value))])
    if not kind:
        return [top.name]
    scene.connect((maker, "out"), (top.children[0], "i"))
    return [top.name, maker.name]


@command("name:n width:w height:h depth:d", undoable=True)
def polyCube(**flags: Any) -> list[str]:
    """A cube."""
    return _primitive("polyCube", "mesh", flags.get("name") or "pCube1", flags)


@command("name:n focalLength:fl", undoable=True)
def camera(**flags: Any) -> list[str]:
    """A camera."""
    made = _primitive("", "camera", flags.get("name") or "camera1", flags)
    return [*made, f"{made[0]}Shape"]


@command("query:q list:l")
def unknownPlugin(**flags: Any) -> Any:
    """Plug-ins that the scene asks for and that are not there."""
    asked = [words[-2] for words in world.scene.requires]
    return [str(name) for name in asked if name in world.missing] or None
