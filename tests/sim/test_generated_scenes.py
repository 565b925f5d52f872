"""Scenes that nobody made: read, written and read again they are the same, and what was written is written so again."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

COUNT = 20
TEXTS = (
    "", "plain", 'quoted "twice"', "a \\ b", "two\nlines\tand tabs", "semi; colon // no comment", "Müller 回転",
    "$PROJ/a.<UDIM>.exr", "'single'", "-type", "( \"a\" + \"b\" )",
)  # fmt: skip
KINDS = ("transform", "joint", "mesh", "camera", "locator", "file", "lambert", "script", "aiStandIn", "someStudiosNode")
PATHS = ("tx", "ty", "ry", "sz", "v")


def quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{text}"'


class Generator:
    """Writes one scene, without the stand-in's help."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.nodes: list[tuple[str, str, str]] = []
        """Kind, name and path."""

    def scene(self, references: tuple[str, ...] = ()) -> Iterator[str]:
        yield f"//Maya ASCII {self.random.choice(['2026', '2025ff03', '2018ff07'])} scene"
        yield self.random.choice(["//Codeset: UTF-8", ""])
        for number, file in enumerate(references):
            space = f'-ns "r{number}" '
            end = f'-rfn "r{number}RN" -op "v=0;" -typ "mayaAscii"\n\t\t"{file}";'
            yield f"file -rdi 1 {space}{end}\nfile -r {space}-dr 1 {end}"
        yield 'requires maya "2025";\nrequires -nodeType "aiStandIn" -dataType "x" "mtoa" "5.2";'
        yield f"currentUnit -l {self.random.choice(['centimeter', 'meter'])} -a degree -t {self.random.choice(['film', 'pal'])};"
        yield 'fileInfo "application" "maya";\nfileInfo "custom" ' + quoted(self.random.choice(TEXTS)) + ";"
        for _ in range(self.random.randint(3, 25)):
            yield from self._node()
        for number in range(self.random.randint(0, 4)):
            yield from self._curve(number)
        yield from self._connections()
        yield f'select -ne :time1;\n\tsetAttr ".o" {self.random.randint(-10, 100)};\n// End of it'

    def _node(self) -> Iterator[str]:
        kind = self.random.choice(KINDS)
        parents = [path for above, _, path in self.nodes if above in ("transform", "joint")]
        parent = self.random.choice([*parents, ""]) if kind in ("transform", "joint") else self.random.choice(parents or [""])
        dag = kind in ("transform", "joint", "mesh", "camera", "locator")
        # The same name may be there under several parents.
        name = f"n{self.random.randint(0, 9)}" if dag and parent else f"u{len(self.nodes)}"
        path = f"{parent}|{name}" if dag else name
        if path in {node[2] for node in self.nodes} or (dag and not parent and kind in ("mesh", "camera", "locator")):
            return
        self.nodes.append((kind, name, path))
        yield f'createNode {kind} -n "{name}"' + (f' -p "{parent}"' if dag and parent else "") + ";"
        if self.random.random() < 0.8:
            yield f'\trename -uid "{self.random.getrandbits(128):032X}";'
        yield from self._attributes(kind)

    def _attributes(self, kind: str) -> Iterator[str]:
        number = self.random.uniform
        yield '\taddAttr -ci true -sn "nts" -ln "notes" -dt "string";'
        text = self.random.choice(TEXTS)
        half = len(text) // 2
        parts = f"(\n\t\t{quoted(text[:half])}\n\t\t+ {quoted(text[half:])})" if half and "\\" not in text else quoted(text)
        yield f'\tsetAttr ".nts" -type "string" {parts};'
        if kind in ("transform", "joint"):
            yield f'\tsetAttr ".t" -type "double3" {number(-9, 9)} {number(-9, 9)}\n\t\t {number(-9, 9):.3g} ;'
            yield f'\tsetAttr {self.random.choice(["-l on ", "-k off ", ""])}".ro" {self.random.randint(0, 5)};'
        if kind == "mesh":
            yield '\tsetAttr -s 4 ".vt[0:3]"  0 0 0 1 0 0 1 1 0 0 1 0;'
            yield '\tsetAttr -s 2 ".fc[0:1]" -type "polyFaces"\n\t\tf 3 0 1 2;'
        if kind == "file":
            yield f'\tsetAttr ".ftn" -type "string" {quoted("/p//sourceimages/" + self.random.choice(TEXTS))};'

    def _curve(self, number: int) -> Iterator[str]:
        count = self.random.randint(1, 6)
        times = sorted(self.random.sample(range(100), count))
        keys = " ".join(f"{time} {self.random.uniform(-5, 5)}" for time in times)
        self.nodes.append(("animCurveTL", f"c{number}", f"c{number}"))
        yield f'createNode animCurveTL -n "c{number}";\n\tsetAttr ".tan" {self.random.choice([2, 3, 5, 9, 18])};'
        yield f'\tsetAttr -s {count} ".ktv[0:{count - 1}]"  {keys};\n\tsetAttr ".pst" {self.random.choice([0, 1, 3, 4, 5])};'

    def _connections(self) -> Iterator[str]:
        targets = [(path, plug) for kind, _, path in self.nodes if kind in ("transform", "joint") for plug in PATHS]
        self.random.shuffle(targets)
        for number in range(4):
            if targets and any(node[1] == f"c{number}" for node in self.nodes):
                path, plug = targets.pop()
                yield f'connectAttr "c{number}.o" "{path}.{plug}";'
        files = [path for kind, _, path in self.nodes if kind == "file"]
        yield from (f'connectAttr "{path}.msg" ":defaultTextureList1.tx" -na;' for path in files)


@pytest.fixture
def scenes(tmp_path: Path) -> list[str]:
    """Files of generated scenes; each refers to up to two before it."""
    made: list[str] = []
    for seed in range(COUNT):
        path = tmp_path / f"scene{seed}.ma"
        references = tuple(random.Random(seed).sample(made[-3:], min(len(made), seed % 3)))
        path.write_text("\n".join(Generator(seed).scene(references)), encoding="utf-8")
        made.append(str(path))
    return made


def test_read_write_read(maya: Any, scene_state: str, scenes: list[str], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    found = maya(scene_state + f"""
import os
result = [0, 0, []]
def lines(path):
    volatile = ('//', 'fileInfo "UUID"')
    return [line for line in open(path, encoding='utf-8') if not line.startswith(volatile)]
for path in {scenes!r}:
    copies = [os.path.join({str(tmp_path / "out")!r}, name + os.path.basename(path)) for name in ('one', 'two')]
    states = []
    for source, copy in zip([path, *copies], [*copies, None]):
        cmds.file(source, open=True, force=True)
        states.append(state())
        if copy:
            cmds.file(copy, exportAll=True, preserveReferences=True, exportUnloadedReferences=True, type='mayaAscii', force=True)
    result[0] += len(states[0]['nodes'])
    result[1] += len(states[0]['references'])
    for key in states[0]:
        if not states[0][key] == states[1][key] == states[2][key]:
            result[2].append([path, key, states[0][key], states[1][key]])
    if lines(copies[0]) != lines(copies[1]):
        result[2].append([path, 'text'])
""")  # fmt: skip
    assert found[2] == []
    assert found[0] > 500
    assert found[1] >= COUNT // 2


WORD = re.compile(r'"(?:[^"\\]|\\.)*"|;|[^\s;"]+', re.DOTALL)


def said(path: str) -> set[tuple[str, ...]]:
    """Returns what a file says of its nodes: (name and parent, words of the statement); taken apart without the stand-in."""
    found: set[tuple[str, ...]] = set()
    node, words = "", list[str]()
    text = "".join(line for line in Path(path).read_text(encoding="utf-8").splitlines(True) if not line.startswith("//"))
    for word in WORD.findall(text):
        if word != ";":
            words.append(word)
            continue
        if words[0] in ("createNode", "select"):
            node = words[words.index("-n") + 1] if "-n" in words else words[-1]
        elif words[0] in ("setAttr", "addAttr", "rename"):
            found.add((node, *words))
        words = []
    return found


def test_all_that_is_said_of_nodes_is_written(maya: Any, scenes: list[str], tmp_path: Path) -> None:
    maya(f"""
    for path in {scenes!r}:
        cmds.file(path, open=True, force=True)
        cmds.file(path + '.copy', exportAll=True, preserveReferences=True, type='mayaAscii', force=True)
    """)
    for path in scenes:
        before, after = said(path), said(f"{path}.copy")
        assert len(before) > 10
        # A node that had no UUID has one afterwards, and so has that of a reference.
        new = {words for words in after - before if words[1:3] != ("rename", "-uid") and words[0] != ":time1"}
        assert (before - after, new) == ({words for words in before - after if words[0] == ":time1"}, set())


def test_what_was_written_for_a_string_is_read(maya: Any, scenes: list[str]) -> None:
    """Strings are those that the generator wrote, as another reader than the stand-in's knows them."""
    wanted = set(TEXTS)
    found = maya(f"""
    result = []
    for path in {scenes!r}:
        cmds.file(path, open=True, force=True)
        result += [cmds.getAttr(node + '.notes') for node in cmds.ls(long=True) if cmds.listAttr(node, userDefined=True)]
    """)
    assert set(found) == wanted
