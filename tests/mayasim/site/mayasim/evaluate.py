"""What a plug is worth at a time: through connections, animation curves and the few nodes that only pass values on."""

from __future__ import annotations

import math
import re
from typing import Any

from . import names
from .curves import Curve
from .scene import Attribute, Node, Scene
from .tokens import Quoted

Matrix = list[list[float]]

_DEFAULTS: dict[str, Any] = {
    "v": True, "sx": 1.0, "sy": 1.0, "sz": 1.0, "io": False, "ro": 0, "fl": 35.0, "cf": 1.0, "pre": 0, "pst": 0, "wgt": False,
    "rnd": True, "ftn": "", "nds": 0, "w": 960, "h": 540, "fs": 1.0, "ef": 10.0, "an": False, "pff": True, "ifp": "",
    "bfs": 1.0, "rndr": True, "ren": "mayaSoftware", "ncp": 0.1, "fcp": 10000.0, "hfa": 1.41732, "vfa": 0.94488, "uvt": 0,
    "ufe": False, "outf": 7,
}  # fmt: skip
_ZERO = frozenset(child for children in names.COMPOUNDS.values() for child in children)
_ANGLES = frozenset({"rx", "ry", "rz", "jox", "joy", "joz"})
_ORDERS = ("xyz", "yzx", "zxy", "xzy", "yxz", "zyx")
_INDEXED = re.compile(r"(.+)\[(\d+)(?::(\d+))?\]$")


class Evaluator:
    """Reads plugs of a scene at one time, in frames."""

    def __init__(self, scene: Scene, time: float, fps: float) -> None:
        self.scene = scene
        self.time = time
        self.fps = fps
        self._depth = 0

    def value(self, node: Node, attribute: str) -> Any:
        """Returns the value of a plug; ``attribute`` is a short path.

        Raises:
            LookupError: The node has no such attribute, as far as is known.
        """
        source = self.scene.sources.get((node, attribute))
        if source is not None:
            return self._output(*source)
        children = names.COMPOUNDS.get(attribute, ())
        if children and (not given(node, attribute) or any((node, child) in self.scene.sources for child in children)):
            return [tuple(self.value(node, child) for child in children)]
        if attribute in names.PARENTS and not given(node, attribute):
            parent, place = names.PARENTS[attribute]
            if (node, parent) in self.scene.sources:
                return self.value(node, parent)[0][place]
            if given(node, parent):
                return parse(node.attributes[parent])[0][place]
        return self._stored(node, attribute)

    def _stored(self, node: Node, attribute: str) -> Any:
        if node.kind == "time" and attribute == "o":
            return self.time  # What a file says of it is where the session went when it was opened.
        found = node.attributes[attribute] if given(node, attribute) else _in_range(node, attribute)
        if found is not None:
            return _as_default(attribute, parse(found))
        if attribute in ("wm", "wm[0]"):
            return [x for row in world_matrix(self, node) for x in row]
        if attribute in ("m", "im"):
            return [x for row in local_matrix(self, node) for x in row]
        if node.kind.startswith("animCurve") and attribute == "o":
            return self._output(node, attribute)
        if attribute in _DEFAULTS:
            return _DEFAULTS[attribute]
        if attribute in _ZERO:
            return 0.0
        dynamic = _dynamic(node, attribute)
        if dynamic is not None:
            return dynamic
        raise LookupError(attribute)

    def _output(self, node: Node, attribute: str) -> Any:
        self._depth += 1
        try:
            if self._depth > 200:
                return 0.0  # A cycle: Maya warns, and takes what was there before.
            return self._computed(node, attribute)
        finally:
            self._depth -= 1

    def _computed(self, node: Node, attribute: str) -> Any:
        if node.kind.startswith("animCurve"):
            driver = self.scene.sources.get((node, "i"))
            at = self._output(*driver) if driver is not None else self.time
            return curve(node, self.fps).at(at)
        if node.kind == "unitConversion":
            # Between degrees and radians it changes nothing that is seen, since plugs are read in degrees.
            factor = float(self.value(node, "cf"))
            turns = min(abs(factor - math.radians(1)), abs(factor - math.degrees(1))) < 1e-4
            value = self.value(node, "i")
            return value if turns else value * factor
        if node.kind == "pairBlend" and attribute.startswith("o") and (node, f"i{attribute[1:]}1") in self.scene.sources:
            return self.value(node, f"i{attribute[1:]}1")
        return self.value(node, attribute)


def given(node: Node, attribute: str) -> bool:
    """Whether a plug has a value of its own; a file may just lock it: ``setAttr -l on ".tx";``."""
    found = node.attributes.get(attribute)
    return found is not None and bool(found.values or found.kind)


def _as_default(attribute: str, value: Any) -> Any:
    """Files write ``1`` for 1.0 and for true; which it is, the attribute says."""
    kind = float if attribute in _ZERO else type(_DEFAULTS.get(attribute))
    return kind(value) if kind in (bool, float) and isinstance(value, (bool, int)) else value


def parse(attribute: Attribute) -> Any:
    """Returns the value that a setAttr statement gave."""
    kind, words = attribute.kind, attribute.values
    if kind == "string" or (not kind and words and isinstance(words[0], Quoted)):
        return "".join(text for text in words if isinstance(text, Quoted))  # Long ones are sums: ( "a" + "b" )
    if kind in ("double3", "float3", "double2", "float2", "long3", "short3", "long2", "short2", "double4"):
        return [tuple(float(text) for text in words)]
    if kind == "matrix":
        return [float(text) for text in words if _is_number(text)]
    if kind in ("stringArray", "doubleArray", "Int32Array"):
        return [str(text) if kind == "stringArray" else float(text) for text in words[1:]]
    if kind:
        return None  # Meshes, curves, edits of references: not read as values.
    values = [_plain(text) for text in words]
    return values[0] if len(values) == 1 else [tuple(values)]


def _plain(text: str) -> Any:
    if text in ("yes", "on", "true"):
        return True
    if text in ("no", "off", "false"):
        return False
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return float(text) if _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _in_range(node: Node, attribute: str) -> Attribute | None:
    """Finds an element in a statement that gave several: ``"pt[3]"`` in ``"pt[0:7]"``."""
    match = _INDEXED.fullmatch(attribute)
    if match is None:
        return None
    wanted = int(match[2])
    for path, found in node.attributes.items():
        inside = _INDEXED.fullmatch(path)
        if inside and inside[1] == match[1] and inside[3] and int(inside[2]) <= wanted <= int(inside[3]):
            size = len(found.values) // (int(inside[3]) - int(inside[2]) + 1)
            start = (wanted - int(inside[2])) * size
            return Attribute(found.values[start : start + size], found.kind)
    return None


def _dynamic(node: Node, attribute: str) -> Any:
    for words in node.dynamic:
        flags = dict(zip(words, words[1:], strict=False))
        if attribute in (flags.get("-ln"), flags.get("-sn")):
            default = flags.get("-dv", "")
            return "" if flags.get("-dt") == "string" else _plain(default) if default else 0
    return None


def numbers(node: Node, attribute: str) -> list[float]:
    """Returns all values of an array that a file may give in several statements."""
    given = (found.values for path, found in node.attributes.items() if path.startswith(f"{attribute}["))
    return [float(_plain(text)) for values in given for text in values]


def elements(node: Node, attribute: str) -> dict[int, float]:
    """Returns values of an array by index: a file leaves out those that are as usual (``".kit[3:5]"`` of six keys)."""
    found: dict[int, float] = {}
    for path, given in node.attributes.items():
        match = _INDEXED.fullmatch(path) if path.startswith(f"{attribute}[") else None
        if match is not None:
            found.update(enumerate((float(_plain(text)) for text in given.values), int(match[2])))
    return found


def curve(node: Node, fps: float) -> Curve:
    """Makes the curve of an animCurve node."""
    flat = numbers(node, "ktv")
    count = len(flat) // 2
    tangent = int(parse(node.attributes["tan"])) if "tan" in node.attributes else 18
    kinds = [[int(found.get(i, tangent)) for i in range(count)] for found in (elements(node, "kit"), elements(node, "kot"))]
    xy = [[(x.get(i, 1.0), y.get(i, 0.0)) for i in range(count)]
          for x, y in ((elements(node, f"k{side}x"), elements(node, f"k{side}y")) for side in "io")]  # fmt: skip
    ends = [int(parse(node.attributes[name])) if name in node.attributes else 0 for name in ("pre", "pst")]
    return Curve(flat[0::2], flat[1::2], *kinds, *xy, *ends, fps, node.kind in ("animCurveTA", "animCurveUA"))


# --- matrices: rows, as Maya's; a point is a row in front


def local_matrix(plugs: Evaluator, node: Node) -> Matrix:
    """Returns a transform's matrix (Maya help, transform: pivots, scale, rotation, translation; no shear)."""

    def three(name: str) -> tuple[float, float, float]:
        x, y, z = plugs.value(node, name)[0]
        return x, y, z

    order = _ORDERS[int(plugs.value(node, "ro"))]
    pivot, scale_pivot = three("rp"), three("sp")
    steps = [
        _move(_minus(scale_pivot)), _scale(three("s")), _move(scale_pivot), _move(three("spt")), _move(_minus(pivot)),
        _turn(three("r"), order),
    ]  # fmt: skip
    if node.kind == "joint":
        steps.append(_turn(three("jo"), "xyz"))
    result = _move((0, 0, 0))
    for step in [*steps, _move(pivot), _move(three("rpt")), _move(three("t"))]:
        result = times(result, step)
    return result


def world_matrix(plugs: Evaluator, node: Node) -> Matrix:
    """Returns the matrix from a node's space to the world's."""
    own = local_matrix(plugs, node) if node.kind in ("transform", "joint") else _move((0, 0, 0))
    return times(own, world_matrix(plugs, node.parent)) if node.parent is not None else own


def stay(plugs: Evaluator, node: Node, above: Node | None) -> dict[str, tuple[float, float, float]]:
    """Returns translation, rotation and scale that leave a node where it is in the world, under another parent."""
    if int(plugs.value(node, "ro")) or any(any(plugs.value(node, name)[0]) for name in ("rp", "sp", "rpt", "spt")):
        raise NotImplementedError("the stand-in keeps a node in place only where its rotation order and pivots are as usual")
    space = world_matrix(plugs, above) if above is not None else _move((0, 0, 0))
    matrix = times(world_matrix(plugs, node), _inverse(space))
    scale = [math.hypot(*row[:3]) for row in matrix[:3]]
    (x0, x1, x2), (_, _, y2), (_, _, z2) = ([x / s for x in row[:3]] for row, s in zip(matrix, scale, strict=False))
    turn = (math.atan2(y2, z2), math.atan2(-x2, math.hypot(y2, z2)), math.atan2(x1, x0))
    x, y, z = matrix[3][:3]
    return {"t": (x, y, z), "r": tuple(map(math.degrees, turn)), "s": tuple(scale)}  # type: ignore[dict-item]


def _inverse(matrix: Matrix) -> Matrix:
    """Inverts by elimination; a scale of 0 has no inverse."""
    rows = [[*map(float, row), *(float(i == j) for j in range(4))] for i, row in enumerate(matrix)]
    for i in range(4):
        best = max(range(i, 4), key=lambda k: abs(rows[k][i]))
        rows[i], rows[best] = rows[best], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        rows = [row if k == i else [a - b * row[i] for a, b in zip(row, rows[i], strict=True)] for k, row in enumerate(rows)]
    return [row[4:] for row in rows]


def times(one: Matrix, two: Matrix) -> Matrix:
    """Multiplies."""
    return [[sum(one[i][k] * two[k][j] for k in range(4)) for j in range(4)] for i in range(4)]


def _minus(vector: tuple[float, float, float]) -> tuple[float, float, float]:
    return -vector[0], -vector[1], -vector[2]


def _move(by: tuple[float, float, float]) -> Matrix:
    return [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [*by, 1]]


def _scale(by: tuple[float, float, float]) -> Matrix:
    return [[by[0], 0, 0, 0], [0, by[1], 0, 0], [0, 0, by[2], 0], [0, 0, 0, 1]]


def _turn(degrees: tuple[float, float, float], order: str) -> Matrix:
    result = _move((0, 0, 0))
    for axis in order:
        result = times(result, _about(axis, math.radians(degrees["xyz".index(axis)])))
    return result


def _about(axis: str, angle: float) -> Matrix:
    c, s = math.cos(angle), math.sin(angle)
    return {
        "x": [[1, 0, 0, 0], [0, c, s, 0], [0, -s, c, 0], [0, 0, 0, 1]],
        "y": [[c, 0, -s, 0], [0, 1, 0, 0], [s, 0, c, 0], [0, 0, 0, 1]],
        "z": [[c, s, 0, 0], [-s, c, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
    }[axis]
