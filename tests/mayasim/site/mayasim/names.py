"""Short and long names of attributes, for the node types whose attributes are asked for by name."""

from __future__ import annotations

import re

_PAIRS = """
placeHolderList:phl translate:t translateX:tx translateY:ty translateZ:tz rotate:r rotateX:rx rotateY:ry rotateZ:rz
scale:s scaleX:sx scaleY:sy scaleZ:sz shear:sh rotateOrder:ro rotatePivot:rp rotatePivotTranslate:rpt
scalePivot:sp scalePivotTranslate:spt jointOrient:jo visibility:v intermediateObject:io template:tmp
worldMatrix:wm matrix:m parentMatrix:pm worldInverseMatrix:wim inverseMatrix:im
message:msg isHistoricallyInteresting:ihi nodeState:nds caching:cch
focalLength:fl horizontalFilmAperture:hfa verticalFilmAperture:vfa nearClipPlane:ncp farClipPlane:fcp
renderable:rnd orthographic:o orthographicWidth:ow
keyTimeValue:ktv preInfinity:pre postInfinity:pst tangentType:tan weightedTangents:wgt
keyTanInType:kit keyTanOutType:kot keyTanInX:kix keyTanInY:kiy keyTanOutX:kox keyTanOutY:koy
outTime:o output:o input:i unitConversionFactor:cf fileTextureName:ftn startFrame:fs endFrame:ef frameExtension:pff
animation:an byFrameStep:bfs currentRenderer:ren imageFilePrefix:ifp imageFormat:outf color:c outColor:oc intensity:in
width:w height:h notes:nts uvTilingMode:uvt useFrameExtension:ufe radius:r scriptType:st before:b after:a
"""

_SHORT = dict(pair.split(":") for pair in _PAIRS.split())
_BY_TYPE = {
    "time": {"outTime": "o"},
    "polySphere": {"radius": "r"},
    "renderLayer": {"global": "g", "renderable": "rndr"},
}
_AMBIGUOUS = {"radius": ("polySphere", "polyCylinder", "polyTorus"), "outTime": ("time",), "orthographic": ("camera",)}

COMPOUNDS = {
    "t": ("tx", "ty", "tz"), "r": ("rx", "ry", "rz"), "s": ("sx", "sy", "sz"), "rp": ("rpx", "rpy", "rpz"),
    "sp": ("spx", "spy", "spz"), "rpt": ("rptx", "rpty", "rptz"), "spt": ("sptx", "spty", "sptz"),
    "jo": ("jox", "joy", "joz"), "c": ("cr", "cg", "cb"), "oc": ("ocr", "ocg", "ocb"),
}  # fmt: skip

PARENTS = {child: (parent, place) for parent, children in COMPOUNDS.items() for place, child in enumerate(children)}

_PART = re.compile(r"([^.\[]+)((?:\[[^\]]*\])*)")


def short(kind: str, attribute: str) -> str:
    """Returns an attribute's path with short names: ``"translate"`` is ``"t"``, ``"worldMatrix[0]"`` is ``"wm[0]"``."""
    parts = [part for part in attribute.split(".") if part]
    return ".".join(_part(kind, part) for part in parts)


def _part(kind: str, part: str) -> str:
    match = _PART.fullmatch(part)
    if match is None:
        return part
    name, index = match.groups()
    if name in _AMBIGUOUS and kind not in _AMBIGUOUS[name]:
        return name + index
    return _BY_TYPE.get(kind, {}).get(name, _SHORT.get(name, name)) + index
