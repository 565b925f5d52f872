"""Reads Maya ASCII into a scene, references into it in their turn."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable
from pathlib import Path

from . import edits, keys, names, tokens
from .scene import Attribute, Node, Reference, Scene

_TIMES = {
    "game": 15, "film": 24, "pal": 25, "ntsc": 30, "show": 48, "palf": 50, "ntscf": 60, "millisec": 1000, "sec": 1,
    "min": 1 / 60, "hour": 1 / 3600,
}  # fmt: skip
_CODESET = re.compile(rb"^//Codeset: ([\w-]+)", re.MULTILINE)


class Reader:
    """Reads one file. A reference is read by a reader of its own, into the same scene."""

    def __init__(
        self, scene: Scene, resolve: Callable[[str, str], str], warn: Callable[[str], None], depth: str | None = None,
        missing: frozenset[str] = frozenset(), inside: Reference | None = None,
    ) -> None:  # fmt: skip
        self.scene = scene
        self.path = scene.name  # Of what refers; that of a file while it is read.
        self.resolve = resolve
        self.warn = warn
        self.depth = depth
        self.missing = missing
        self.inside = inside
        self.prefix = inside.namespace + ":" if inside and inside.namespace else ""
        self.current: Node | None = None
        self.units: dict[str, str] = {}
        self.unknown: set[str] = set()
        self.unloaded: set[str] = set()
        self.foreign: list[tuple[Reference, str]] = []

    def read(self, path: str) -> None:
        """Reads a file.

        Raises:
            RuntimeError: It is no Maya ASCII file.
        """
        self.path = path
        text = Path(path).read_text(encoding=_encoding(path), errors="replace")
        if not text.startswith("//Maya"):
            raise RuntimeError(f"File {path} is not a Maya ASCII file.")
        for words in tokens.statements(text):
            handler = getattr(self, f"_on_{words[0]}", None)
            if handler is not None:
                handler(words)
            elif self.inside is None:
                self.scene.lost.append(words)
        self.settle(self.units.get("-t", "film"))
        for reference in self.inside.children if self.inside else self.scene.references:
            edits.apply(self.scene, reference, self._node)

    def load_later(self, reference: Reference, unit: str) -> None:
        """Reads a reference into a scene that is open, whose time unit is `unit`."""
        self.load(reference)
        self.settle(unit)
        edits.apply(self.scene, reference, self._node)

    def settle(self, unit: str) -> None:
        """Brings keys of references that were read to frames of `unit`; which one a file has, it says behind them."""
        for reference, theirs in self.foreign:
            inside = set(map(id, reference.all()))
            factor = frames_per_second(unit) / frames_per_second(theirs)
            keys.rescale([node for node in self.scene.nodes if id(node.reference) in inside], factor)
        self.foreign.clear()

    # --- sections

    def _on_file(self, words: list[str]) -> None:
        flags = _flags(words[1:-1], {"-rdi", "-ns", "-rpr", "-rfn", "-dr", "-op", "-typ", "-shd", "-nr"})
        if "-r" not in flags:  # What -rdi says in advance is said again by -r, but for whether it was loaded.
            if flags.get("-dr") == "1":
                self.unloaded.add(flags.get("-rfn", ""))
            return
        reference = Reference(
            self.prefix + flags.get("-rfn", ""), self.prefix + flags.get("-ns", flags.get("-rpr", "")), words[-1],
            flags.get("-typ", "mayaAscii"), flags.get("-op", ""), deferred=self._is_deferred(flags), parent=self.inside,
        )  # fmt: skip
        (self.inside.children if self.inside else self.scene.references).append(reference)
        if not self.scene.find(reference.node):  # What a file says of its node, edits above all, it says further down.
            self.scene.create("reference", reference.node).reference = self.inside
        if not reference.deferred:
            self.load(reference)

    def _is_deferred(self, flags: dict[str, str]) -> bool:
        if self.depth == "none" or (self.depth == "topOnly" and self.inside is not None):
            return True
        return self.depth is None and flags.get("-rfn") in self.unloaded

    def load(self, reference: Reference) -> None:
        """Reads a reference's file; one that is missing is a warning."""
        reference.resolved = self.resolve(reference.path, self.path)
        if not os.path.isfile(reference.resolved):
            self.warn(f"Could not open file: {reference.path}. Reference {reference.node} is not loaded.")
            return
        reader = Reader(self.scene, self.resolve, self.warn, self.depth, self.missing, reference)
        reader.read(reference.resolved)
        reference.loaded = True
        self.foreign.append((reference, reader.units.get("-t", "film")))

    def _on_requires(self, words: list[str]) -> None:
        plugin = words[-2]
        if plugin in self.missing:
            self.warn(f'The plug-in "{plugin}" that {self.path} asks for could not be loaded.')
            self.unknown.update(kind for flag, kind in zip(words, words[1:], strict=False) if flag == "-nodeType")
        if self.inside is None:
            self.scene.requires.append(words)

    def _on_currentUnit(self, words: list[str]) -> None:
        self.units = _flags(words[1:], {"-l", "-a", "-t"})

    def _on_fileInfo(self, words: list[str]) -> None:
        if self.inside is None:
            self.scene.info[words[1]] = words[2]

    # --- nodes

    def _on_createNode(self, words: list[str]) -> None:
        flags = _flags(words[2:], {"-n", "-p"})
        parent = self._node(flags["-p"]) if "-p" in flags else None
        name = self._name(flags.get("-n") or f"{words[1]}1")
        known = self.scene.find(name) if ("-s" in flags and parent is None) or words[1] == "reference" else []
        if known and known[0].kind == words[1]:
            self.current = known[0]
            return
        self.current = self.scene.create(words[1], name, parent)
        self.current.shared = "-s" in flags
        self.current.reference = self.inside
        self.current.unknown = words[1] in self.unknown

    def _name(self, name: str) -> str:
        return name[1:] if name.startswith(":") else self.prefix + name

    def _node(self, name: str) -> Node | None:
        """Finds a node by a name of this file."""
        if name.startswith(":"):
            found = self.scene.find(name[1:])
        else:
            found = self.scene.find("|".join(self.prefix + part if part else part for part in name.split("|")))
        mine = [node for node in found if node.reference is self.inside]
        return (mine or found or [None])[0]

    def _on_rename(self, words: list[str]) -> None:
        if self.current is not None and "-uid" in words:
            self.current.uuid = words[-1]

    def _on_select(self, words: list[str]) -> None:
        if self.inside is not None and words[-1].startswith(":"):
            self.current = None  # A file's settings are its own: what refers to it has others.
            return
        self.current = self._node(words[-1])
        if self.current is None and words[-1].startswith(":"):
            # A default node of another version or of a plug-in; what it is, the file does not say.
            self.current = self.scene.create("unknown", words[-1][1:])
            self.current.default = True

    def _on_addAttr(self, words: list[str]) -> None:
        if self.current is not None:
            self.current.dynamic.append(words)

    def _on_setAttr(self, words: list[str]) -> None:
        if self.current is None:
            return
        places = (i for i, word in enumerate(words) if isinstance(word, tokens.Quoted) and word.startswith("."))
        place = next(places, None)
        if place is None:  # Of a node that the statement names itself, which is kept and not read.
            self.scene.lost += [words] if self.inside is None else []
            return
        kind, values = "", words[place + 1 :]
        if values[:1] == ["-type"]:
            kind, values = values[1], values[2:]
        before = _without_type(words[1:place])
        if "-type" in words[1:place]:
            kind = words[words.index("-type") + 1]
        path = names.short(self.current.kind, words[place])
        self.current.attributes[path] = Attribute(values, kind, before)

    def _on_lockNode(self, words: list[str]) -> None:
        if self.current is not None:
            self.current.locked = words

    # --- connections

    def _on_connectAttr(self, words: list[str]) -> None:
        source, to = self._plug(words[1]), self._plug(words[2])
        if source is not None and to is not None:
            self.scene.connect(source, to, words[3:], self.inside)
        elif self.inside is None:
            self.scene.lost.append(words)

    def _plug(self, text: str) -> tuple[Node, str] | None:
        name, _, attribute = text.partition(".")
        node = self._node(name)
        return None if node is None else (node, attribute)


def _encoding(path: str) -> str:
    """Returns how a file is encoded, by its header: ``1252`` and ``932`` are Windows' code pages."""
    with open(path, "rb") as file:
        match = _CODESET.search(file.read(1000))
    name = match[1].decode() if match else "UTF-8"
    try:
        return codecs.lookup(f"cp{name}" if name.isdigit() else name).name
    except LookupError:
        return "utf-8"


def _without_type(words: list[str]) -> list[str]:
    at = words.index("-type") if "-type" in words else len(words)
    return words[:at] + words[at + 2 :]


def _flags(words: list[str], with_value: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(words):
        name = words[at]
        if name in with_value and at + 1 < len(words):
            at += 1
            found[name] = words[at]
        elif name.startswith("-"):
            found[name] = ""
        at += 1
    return found


def frames_per_second(unit: str) -> float:
    """Returns the frames a second of a time unit: ``"film"`` is 24."""
    return _TIMES.get(unit) or float(unit.removesuffix("fps").removesuffix("df") or 24)
