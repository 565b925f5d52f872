"""A scene: nodes with what files say of them, connections, references."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from . import names
from .undo import queue

DEFAULT_NODES = {
    "time1": "time", "sequenceManager1": "sequenceManager", "hardwareRenderingGlobals": "hardwareRenderingGlobals",
    "renderPartition": "partition", "renderGlobalsList1": "renderGlobalsList", "lightList1": "lightList",
    "defaultShaderList1": "defaultShaderList", "postProcessList1": "postProcessList", "lambert1": "lambert",
    "defaultRenderUtilityList1": "defaultRenderUtilityList", "defaultRenderingList1": "defaultRenderingList",
    "standardSurface1": "standardSurface", "particleCloud1": "particleCloud", "initialShadingGroup": "shadingEngine",
    "initialParticleSE": "shadingEngine", "initialMaterialInfo": "materialInfo", "shaderGlow1": "shaderGlow", "dof1": "dof",
    "defaultRenderGlobals": "renderGlobals", "defaultRenderQuality": "renderQuality", "defaultResolution": "resolution",
    "defaultLightSet": "objectSet", "defaultObjectSet": "objectSet", "defaultViewColorManager": "viewColorManager",
    "defaultColorMgtGlobals": "colorManagementGlobals", "hardwareRenderGlobals": "hardwareRenderGlobals",
    "characterPartition": "partition", "defaultHardwareRenderGlobals": "hwRenderGlobals", "ikSystem": "ikSystem",
    "defaultTextureList1": "defaultTextureList", "hyperGraphInfo": "hyperGraphInfo", "hyperGraphLayout": "hyperLayout",
    "globalCacheControl": "globalCacheControl", "strokeGlobals": "strokeGlobals", "dynController1": "dynController",
    "objectNameFilterList1": "objectNameFilterList",
}  # fmt: skip
"""Nodes that every scene has and that no file creates; files only set their attributes."""

SHAPES = frozenset({
    "mesh", "camera", "nurbsCurve", "nurbsSurface", "locator", "lattice", "pointLight", "directionalLight", "spotLight",
    "ambientLight", "areaLight", "imagePlane", "subdiv", "baseLattice", "clusterHandle", "stereoRigCamera",
})  # fmt: skip

_NUMBER = re.compile(r"\d*$")


@dataclass(eq=False, slots=True)
class Attribute:
    """What a setAttr statement gave: the words before the path, behind it, and the values. Kept as they were written."""

    values: list[str]
    kind: str = ""
    flags: list[str] = field(default_factory=list)

    def copy(self) -> Attribute:
        """Returns another one that says the same."""
        return Attribute(list(self.values), self.kind, list(self.flags))


@dataclass(eq=False, slots=True)
class Node:
    """A node. `attributes` go by short path without the dot: ``"t"``, ``"ktv[0:5]"``."""

    name: str
    kind: str
    parent: Node | None = None
    uuid: str = ""
    children: list[Node] = field(default_factory=list)
    attributes: dict[str, Attribute] = field(default_factory=dict)
    dynamic: list[list[str]] = field(default_factory=list)
    shared: bool = False
    default: bool = False
    reference: Reference | None = None
    locked: list[str] | None = None
    unknown: bool = False
    edited: set[str] = field(default_factory=set)
    """Of a node of a reference: the attributes that scripts changed since its file was read."""

    @property
    def path(self) -> str:
        """The full path of a DAG node, the name of another."""
        if self.parent is not None:
            return f"{self.parent.path}|{self.name}"
        return f"|{self.name}" if self.is_dag else self.name

    @property
    def is_dag(self) -> bool:
        """Whether it has a place in the hierarchy."""
        return self.kind in ("transform", "joint", "place3dTexture") or self.kind in SHAPES or bool(self.children or self.parent)


@dataclass(eq=False, slots=True)
class Reference:
    """A file reference."""

    node: str
    namespace: str
    path: str
    """As it is written in the file that holds it."""
    kind: str = "mayaAscii"
    options: str = ""
    deferred: bool = False
    resolved: str = ""
    loaded: bool = False
    parent: Reference | None = None
    children: list[Reference] = field(default_factory=list)

    def all(self) -> Iterator[Reference]:
        """This one and those inside."""
        yield self
        for child in self.children:
            yield from child.all()


Plug = tuple[Node, str]


@dataclass(eq=False, slots=True)
class Connection:
    """What goes from plug to plug, the flags of its statement, and the reference whose file made it."""

    source: Plug
    to: Plug
    flags: list[str]
    reference: Reference | None = None


class Scene:
    """What is open."""

    def __init__(self) -> None:
        self.name = ""
        self.kind = "mayaAscii"
        self.modified = False
        self.nodes: list[Node] = []
        self._by_name: dict[str, list[Node]] = {}
        self.sources: dict[Plug, Plug] = {}
        self.connections: list[Connection] = []
        self.lost: list[list[str]] = []
        """Statements that named nodes which are not there (of references that could not be loaded): kept for writing."""
        self.references: list[Reference] = []
        self.requires: list[list[str]] = []
        self.info: dict[str, str] = {}
        self._selection: list[Node] = []
        self.time = 1.0
        for name, kind in DEFAULT_NODES.items():
            self.create(kind, name).default = True

    def add_cameras(self) -> None:
        """A new scene has four cameras and a render layer; a file creates its own."""
        self.create("renderLayer", "defaultRenderLayer")
        for name in ("persp", "top", "front", "side"):
            camera = self.create("transform", name)
            shape = self.create("camera", f"{name}Shape", camera)
            camera.shared = shape.shared = True
            if name != "persp":
                shape.attributes["rnd"] = Attribute(["no"])

    @property
    def selection(self) -> list[Node]:
        """What is selected, in order."""
        return self._selection

    @selection.setter
    def selection(self, nodes: list[Node]) -> None:
        before, self._selection = self._selection, nodes
        queue.record(lambda: setattr(self, "_selection", before))

    # --- nodes

    def create(self, kind: str, name: str, parent: Node | None = None) -> Node:
        """Adds a node under exactly this name."""
        node = Node(name, kind, parent, str(uuid.uuid4()).upper())
        if parent is not None:
            parent.children.append(node)
        self.nodes.append(node)
        self._by_name.setdefault(name, []).append(node)
        queue.record(lambda: self._take_out(node))
        return node

    def _take_out(self, node: Node) -> None:
        self.nodes.remove(node)
        self._by_name[node.name].remove(node)
        if node.parent is not None:
            node.parent.children.remove(node)

    def free_name(self, name: str, parent: Node | None = None) -> str:
        """Returns the name, with a number counted up where it is taken."""
        name = name[:-1] + "1" if name.endswith("#") else name
        stem, number = _NUMBER.sub("", name), int(_NUMBER.search(name)[0] or 0)  # type: ignore[index]
        while any(other.parent is parent or not other.is_dag for other in self._by_name.get(name, ())):
            number += 1
            name = f"{stem}{number}"
        return name

    def rename(self, node: Node, name: str) -> str:
        """Gives a node another name, as free as can be."""
        self._by_name[node.name].remove(node)
        self._put(node, self.free_name(name, node.parent), node.parent)
        return node.name

    def _put(self, node: Node, name: str, parent: Node | None) -> None:
        """Puts a node, which is under no name just now, under a name and a parent."""
        before = node.name, node.parent
        self._by_name.setdefault(name, []).append(node)
        if parent is not node.parent:
            for above, change in ((node.parent, list.remove), (parent, list.append)):
                if above is not None:
                    change(above.children, node)
        node.name, node.parent = name, parent
        queue.record(lambda: (self._by_name[name].remove(node), self._put(node, *before)))

    def move(self, node: Node, parent: Node | None) -> None:
        """Puts a node under another, under another name where a child has its name already."""
        self._by_name[node.name].remove(node)
        self._put(node, self.free_name(node.name, parent), parent)

    def delete(self, node: Node) -> None:
        """Removes a node and what is below it."""
        for child in list(node.children):
            self.delete(child)
        connections, sources, place = self.connections, self.sources, self.nodes.index(node)

        def put_back() -> None:
            self.connections, self.sources = connections, sources
            self.nodes.insert(place, node)
            self._by_name[node.name].append(node)
            if node.parent is not None:
                node.parent.children.append(node)

        queue.record(put_back)
        self._take_out(node)
        self.selection = [other for other in self.selection if other is not node]
        self.connections = [c for c in self.connections if node not in (c.source[0], c.to[0])]
        self.sources = {to: source for to, source in self.sources.items() if node not in (to[0], source[0])}

    def find(self, name: str) -> list[Node]:
        """Returns the nodes that a name means: a name, a path, or the end of one."""
        name = name.removeprefix(":") if not name.startswith("|") else name
        parts = name.split("|")
        found = self._by_name.get(parts[-1], ())
        return [node for node in found if len(parts) == 1 or _fits(node, parts)]

    def unique(self, node: Node) -> str:
        """Returns the shortest path that means only this node."""
        if len(self._by_name.get(node.name, ())) <= 1:
            return node.name
        parts = node.path.split("|")
        for length in range(2, len(parts) + 1):
            path = "|".join(parts[-length:])
            if len(self.find(path)) == 1:
                return path
        return node.path

    # --- plugs

    def connect(self, source: Plug, to: Plug, flags: Iterable[str] = (), reference: Reference | None = None) -> None:
        """Connects; what was connected into `to` before is not any more, but with ``-na`` the next free element is taken."""
        source = source[0], names.short(source[0].kind, source[1])
        to = to[0], names.short(to[0].kind, to[1])
        if "-na" in flags:
            to = to[0], self._next_available(to)
        self.disconnect(to)
        self.sources[to] = source
        self.connections.append(Connection(source, to, list(flags), reference))
        queue.record(lambda: self._forget(to))

    def _next_available(self, to: Plug) -> str:
        place = 0
        while (to[0], f"{to[1]}[{place}]") in self.sources:
            place += 1
        return f"{to[1]}[{place}]"

    def disconnect(self, to: Plug) -> None:
        """Takes away what goes into a plug."""
        source = self.sources.get(to)
        if source is not None:
            lost = [found for found in self.connections if found.to == to]
            self._forget(to)

            def put_back() -> None:
                self.sources[to] = source
                self.connections += lost

            queue.record(put_back)

    def _forget(self, to: Plug) -> None:
        del self.sources[to]
        self.connections = [found for found in self.connections if found.to != to]

    def all_references(self) -> list[Reference]:
        """Nested ones too."""
        return [found for top in self.references for found in top.all()]


def _fits(node: Node, parts: list[str]) -> bool:
    have = node.path.split("|")
    if parts[0] == "":
        return have == parts
    return have[-len(parts) :] == parts
