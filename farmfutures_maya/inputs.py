"""The files that nodes of the open scene name, collected in slices that are shorter than a frame."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import _cmds
from . import _cmds_inputs as commands
from .patterns import with_tokens
from .problems import Kind

SLICE_S = 0.008
"""Half of a frame at 60 Hz: Maya draws on."""

_ATTRIBUTES: dict[str, tuple[Kind, str]] = {
    "file.fileTextureName": (Kind.TEXTURE, "sourceImages"),
    "psdFileTex.fileTextureName": (Kind.TEXTURE, "sourceImages"),
    "movie.fileTextureName": (Kind.TEXTURE, "sourceImages"),
    "imagePlane.imageName": (Kind.TEXTURE, "sourceImages"),
    "aiImage.filename": (Kind.TEXTURE, "sourceImages"),
    "PxrTexture.filename": (Kind.TEXTURE, "sourceImages"),
    "RedshiftNormalMap.tex0": (Kind.TEXTURE, "sourceImages"),
    "AlembicNode.abc_File": (Kind.CACHE, "alembicCache"),
    "AlembicNode.abc_layerFiles": (Kind.CACHE, "alembicCache"),
    "gpuCache.cacheFileName": (Kind.CACHE, "alembicCache"),
    "cacheFile.cachePath": (Kind.CACHE, "fileCache"),
    "diskCache.cacheName": (Kind.CACHE, "diskCache"),
    "aiStandIn.dso": (Kind.CACHE, ""),
    "aiVolume.filename": (Kind.CACHE, ""),
    "RedshiftProxyMesh.fileName": (Kind.CACHE, ""),
    "VRayMesh.fileName2": (Kind.CACHE, ""),
    "mayaUsdProxyShape.filePath": (Kind.CACHE, ""),
    "pgYetiMaya.cacheFileName": (Kind.CACHE, ""),
    "audio.filename": (Kind.CACHE, "sound"),
}
"""Kind and file rule by node type and attribute. What else Maya's File Path Editor knows is added to it."""

_ELSEWHERE = frozenset({"reference"})
_IMAGE_WORDS = ("texture", "image", "tex", "map")


@dataclass(slots=True)
class Input:
    """A file, or a set of files, that the scene reads.

    Attributes:
        kind: Reference, texture or cache.
        path: As the scene has it, with tokens where it stands for many files.
        rule: The file rule of the project that it falls under.
        resolved: What Maya took it for, "" where that is not known.
        nodes: Who names it.
    """

    kind: Kind
    path: str
    rule: str = ""
    resolved: str = ""
    nodes: list[str] = field(default_factory=list[str])


class Collector:
    """Goes through the scene.

    Attributes:
        seen: How many nodes were looked at.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[Kind, str], Input] = {}
        self.seen = 0
        self._slice_ends = 0.0

    @property
    def inputs(self) -> list[Input]:
        """What was found so far: a path once, with all its nodes."""
        return list(self._found.values())

    def run(self) -> Iterator[None]:
        """Looks at every node, on Maya's main thread; gives way as soon as a slice is over."""
        self._slice_ends = time.perf_counter() + SLICE_S
        for nodes in self._all():
            self.seen += nodes
            if time.perf_counter() >= self._slice_ends:
                yield
                self._slice_ends = time.perf_counter() + SLICE_S

    def _all(self) -> Iterator[int]:
        """Yields after each node, and after each type, how many nodes that were."""
        for reference in commands.references():
            self._add(Input(Kind.REFERENCE, reference.path, "scene", reference.resolved), reference.node)
            yield 1
        for name, (kind, rule) in _attributes().items():
            node_type, _, attribute = name.partition(".")
            for node in commands.nodes_of(node_type):
                for path in _paths(node, node_type, attribute):
                    self._add(Input(kind, path, rule), node)
                yield 1
            yield 0

    def _add(self, found: Input, node: str) -> None:
        if found.path:
            self._found.setdefault((found.kind, found.path), found).nodes.append(node)


def written_paths() -> Iterator[str]:
    """Yields every path as the scene has it, without a look at what it means: for the variables in them, in no time."""
    yield from _cmds.references()
    for name in _ATTRIBUTES:
        node_type, _, attribute = name.partition(".")
        for node in commands.nodes_of(node_type):
            yield from commands.texts(f"{node}.{attribute}")


def _attributes() -> dict[str, tuple[Kind, str]]:
    known = dict(_ATTRIBUTES)
    for name in commands.registered_types():
        if name.partition(".")[0] not in _ELSEWHERE:
            is_image = any(word in name.lower() for word in _IMAGE_WORDS)
            known.setdefault(name, (Kind.TEXTURE, "sourceImages") if is_image else (Kind.CACHE, ""))
    return known


def _paths(node: str, node_type: str, attribute: str) -> list[str]:
    paths = commands.texts(f"{node}.{attribute}")
    if not any(paths):
        return []
    if node_type == "cacheFile":
        return _of_cache(paths[0], commands.texts(f"{node}.cacheName"))
    if node_type in ("file", "imagePlane"):
        return [_of_image(node, node_type, paths[0])]
    return paths


def _of_cache(folder: str, names: list[str]) -> list[str]:
    """A geometry or fluid cache is a description beside its data (Maya help: "Maya cache files")."""
    base = folder.rstrip("/\\")
    return [f"{base}/{name}{ending}" for name in names for ending in (".xml", "*.mc*")]


def _of_image(node: str, node_type: str, path: str) -> str:
    tiling = commands.number(f"{node}.uvTilingMode") if node_type == "file" else 0
    sequence = bool(commands.number(f"{node}.useFrameExtension"))
    if not tiling and not sequence:
        return path
    # Maya works the tokens out by itself, where it is asked to.
    computed = commands.texts(f"{node}.computedFileTextureNamePattern") if node_type == "file" else []
    return with_tokens(computed[0] if computed else path, tiling, sequence)
