"""Edits of references: what a scene changes in nodes that come from another file.

A file keeps them with the node of the reference, in blocks of *name of the reference node, how many, edits*. An edit is a
number, for what it does, and words: ``2 "|rig:root" "translate" " -type \\"double3\\" 1 2 3"`` sets an attribute.
Connections between the scene and the reference go through elements of ``placeHolderList`` of the reference node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import names
from .evaluate import given
from .scene import Attribute, Node, Plug, Reference, Scene
from .tokens import Quoted, statements, word

PARENT, ADD, SET, DISCONNECT, CONNECT = "0", "1", "2", "3", "5"
_INSIDE, _FROM_REFERENCE, _INTO_REFERENCE = "0", "3", "4"
_ALONE = ("-av", "-c", "-ca")

Find = Callable[[str], "Node | None"]


def listed(words: list[str]) -> Iterator[list[str]]:
    """Yields the edits of a ``dataReferenceEdits`` value, each as its number and its words."""
    at = 1  # The first word is the reference node once more.
    while at + 1 < len(words):
        count, at = int(words[at + 1]), at + 2
        for number in range(count):
            edit, at = [words[at]], at + 1
            if edit[0] == CONNECT:
                edit, at = [*edit, words[at]], at + 1
            while at < len(words) and isinstance(words[at], Quoted):
                edit, at = [*edit, words[at]], at + 1
            if number == count - 1 and at < len(words):
                edit, at = edit[:-1], at - 1  # That was the name of the next block.
            yield edit


def apply(scene: Scene, reference: Reference, find: Find) -> None:
    """Changes what came from a reference as the file that holds it says.

    Args:
        scene: What is open.
        reference: The reference, loaded.
        find: Finds a node by a name of the file that holds it.
    """
    holder = scene.find(reference.node)
    if not holder or "ed" not in holder[0].attributes:
        return

    def plug(text: str) -> Plug | None:
        name, _, attribute = text.partition(".")
        node = find(name)
        return None if node is None else (node, names.short(node.kind, attribute))

    for number, *rest in listed(holder[0].attributes["ed"].values):
        if number == CONNECT:
            _connect(scene, reference, holder[0], rest, plug)
        elif number == DISCONNECT and (to := plug(rest[1])) is not None:
            scene.disconnect(to)
        elif (node := find(rest[0])) is not None:
            _change(scene, node, number, rest, find)


def _change(scene: Scene, node: Node, number: str, rest: list[str], find: Find) -> None:
    if number == SET:
        _set(node, names.short(node.kind, rest[1]), _value(rest[2]))
    elif number == ADD:
        node.dynamic.append(["addAttr", "-ln", rest[1], "-sn", rest[2], *_words(rest[3])])
    elif number == PARENT and (above := find(rest[1])) is not None:
        scene.move(node, above)


def _set(node: Node, path: str, value: Attribute) -> None:
    parent, place = names.PARENTS.get(path, ("", 0))
    if parent and given(node, parent) and value.values:
        node.attributes[parent].values[place] = value.values[0]
        return
    for child in names.COMPOUNDS.get(path, ()):
        node.attributes.pop(child, None)
    node.attributes[path] = value


def _connect(scene: Scene, reference: Reference, holder: Node, rest: list[str], plug: Callable[[str], Plug | None]) -> None:
    """Connects past the place holders, which stay for the file to be written again."""
    how, _, first, second = rest[:4]
    start, place = plug(first), (holder, names.short(holder.kind, second.partition(".")[2]))
    if how == _INSIDE and start is not None and (end := plug(second)) is not None:
        scene.connect(start, end, (), reference)
    elif how == _INTO_REFERENCE and start is not None and place in scene.sources:
        scene.connect(scene.sources[place], start, (), reference)
    elif how == _FROM_REFERENCE and start is not None:
        scene.sources.update({made.to: start for made in scene.connections if made.source == place})


def _words(text: str) -> list[str]:
    return next(statements(f"{text};"), [])


def _value(text: str) -> Attribute:
    """Reads ``" -l on -type \\"double3\\" 1 2 3"``."""
    words, found = _words(text), Attribute([])
    while words and words[0].startswith("-") and words[0][1:2].isalpha():
        flag = words.pop(0)
        if flag == "-type":
            found.kind = words.pop(0)
        elif flag not in _ALONE:
            found.flags += [flag, words.pop(0)]
    found.values = words
    return found


def written(scene: Scene, top: Reference) -> Attribute | None:
    """Returns the edits of a reference of the scene: those that its file had, and those that scripts made since."""
    (holder,) = scene.find(top.node)
    inside = set(map(id, top.all()))
    made = [
        part
        for node in scene.nodes
        if id(node.reference) in inside
        for path in node.edited
        if (value := node.attributes.get(path)) is not None
        for part in ("2", Quoted(node.path), Quoted(path), Quoted(_text(value)))
    ]
    before = holder.attributes.get("ed")
    if not made:
        return before
    values = before.values if before is not None else [Quoted(top.node)]
    return Attribute([*values, Quoted(top.node), str(len(made) // 4), *made], "dataReferenceEdits")


def _text(value: Attribute) -> str:
    kind = ["-type", Quoted(value.kind)] if value.kind else []
    return "".join(f" {word(part)}" for part in (*value.flags, *kind, *value.values))
