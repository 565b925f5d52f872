"""Writes a scene as Maya ASCII. What came from references stays there."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import edits
from .scene import Node, Plug, Reference, Scene
from .tokens import Quoted, quote, word

UNITS = {"linear": "centimeter", "angle": "degree", "time": "film"}


class Writer:
    """Writes one scene."""

    def __init__(self, scene: Scene, version: str, units: dict[str, str], *, keep_references: bool, unloaded: bool) -> None:
        self.scene = scene
        self.version = version
        self.units = units
        self.keep_references = keep_references
        self.unloaded = unloaded
        self.references = [top for top in scene.references if keep_references and (top.loaded or unloaded)]
        kept = {reference.node for top in self.references for reference in top.all()}
        self.edits = {top.node: found for top in self.references if (found := edits.written(scene, top)) is not None}
        self.dropped = {reference.node for reference in scene.all_references()} - kept

    def write(self, path: str, name: str) -> None:
        """Writes beside the path and renames, as Maya does.

        Args:
            path: The file.
            name: What its header says.
        """
        temporary = f"{path}.{os.getpid()}.tmp"
        text = "\n".join(self._lines(name)) + f"\n// End of {name}\n"
        Path(temporary).write_text(text, encoding="utf-8")
        os.replace(temporary, path)

    def _lines(self, name: str) -> Iterator[str]:
        yield f"//Maya ASCII {self.version} scene"
        yield f"//Name: {name}"
        yield f"//Last modified: {time.strftime('%a, %b %d, %Y %I:%M:%S %p')}"
        yield "//Codeset: UTF-8"
        yield from self._references()
        yield f'requires maya "{self.version}";'
        yield from (_statement(words) for words in self.scene.requires if words[1] != "maya")
        yield f"currentUnit -l {self.units['linear']} -a {self.units['angle']} -t {self.units['time']};"
        info = {**self.scene.info, "application": "maya", "version": self.version, "UUID": str(uuid.uuid4()).upper()}
        yield from (f"fileInfo {quote(key)} {quote(value)};" for key, value in info.items())
        for node in self.scene.nodes:
            if not node.default and self._is_ours(node):
                yield from self._node(node)
        for node in self.scene.nodes:
            if node.default and (node.attributes or node.dynamic):
                yield f"select -ne :{node.name};"
                yield from ("\t" + _statement(words) for words in node.dynamic)
                yield from self._attributes(node)
        yield from self._connections()
        yield from (_statement(words) for words in self.scene.lost)

    def _references(self) -> Iterator[str]:
        for top in self.references:
            yield from self._in_advance(top, 1)
        for top in self.references:
            yield f"file -r -ns {quote(top.namespace)} -dr 1 -rfn {quote(top.node)} {_kind(top)}"

    def _in_advance(self, reference: Reference, depth: int) -> Iterator[str]:
        deferred = " -dr 1" if reference.deferred else ""
        space = quote(reference.namespace.rpartition(":")[2])
        yield f"file -rdi {depth} -ns {space}{deferred} -rfn {quote(reference.node)} {_kind(reference)}"
        for child in reference.children:
            yield from self._in_advance(child, depth + 1)

    def _is_ours(self, node: Node) -> bool:
        return node.name not in self.dropped and (node.reference is None or not self.keep_references)

    def _node(self, node: Node) -> Iterator[str]:
        shared = " -s" if node.shared else ""
        parent = f" -p {quote(self.scene.unique(node.parent))}" if node.parent is not None else ""
        yield f"createNode {node.kind}{shared} -n {quote(node.name)}{parent};"
        yield f'\trename -uid "{node.uuid}";'
        if node.locked:
            yield "\t" + _statement(node.locked)
        yield from ("\t" + _statement(words) for words in node.dynamic)
        yield from self._attributes(node)

    def _attributes(self, node: Node) -> Iterator[str]:
        given = dict(node.attributes)
        if node.name in self.edits:
            given["ed"] = self.edits[node.name]
        for path, attribute in given.items():
            kind = ["-type", Quoted(attribute.kind)] if attribute.kind else []
            yield "\t" + _statement(["setAttr", *attribute.flags, Quoted("." + path), *kind, *attribute.values])

    def _connections(self) -> Iterator[str]:
        for made in self.scene.connections:
            ends = {made.source[0].name, made.to[0].name}
            if (made.reference is None or not self.keep_references) and not ends & self.dropped:
                to = self._plug(made.to)
                # The next element that is free is another one where a reference has taken some before.
                to = to.rpartition("[")[0] if "-na" in made.flags else to
                yield _statement(["connectAttr", Quoted(self._plug(made.source)), Quoted(to), *made.flags])

    def _plug(self, plug: Plug) -> str:
        node, attribute = plug
        return f"{':' if node.default else ''}{self.scene.unique(node)}.{attribute}"


def _kind(reference: Reference) -> str:
    options = f"-op {quote(reference.options)} " if reference.options else ""
    return f"{options}-typ {quote(reference.kind)} {quote(reference.path)};"


def _statement(words: Iterable[str]) -> str:
    return " ".join(word(text) for text in words) + ";"
