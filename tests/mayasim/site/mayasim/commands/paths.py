"""``filePathEditor``: the files that a scene names, by folder."""

from __future__ import annotations

import os
from typing import Any

from ..evaluate import parse
from ..flags import command
from ..world import world

REGISTERED = [
    "audio.filename", "cacheFile.cachePath", "dagContainer.iconName", "file.fileTextureName", "imagePlane.imageName",
    "movie.fileTextureName", "psdFileTex.fileTextureName", "reference",
]  # fmt: skip
"""The attributes that Maya takes for paths; plug-ins add theirs."""


def _named() -> list[tuple[str, str]]:
    """Returns (path as it is written, plug) of textures and references. As in Maya, there may be several of a path."""
    textures = [
        (str(parse(node.attributes["ftn"])), f"{world.scene.unique(node)}.fileTextureName")
        for node in world.scene.nodes
        if node.kind == "file" and "ftn" in node.attributes
    ]
    return [pair for pair in textures if pair[0]] + [(top.path, top.node) for top in world.scene.all_references()]


@command(
    "query:q listDirectories:ld listFiles:lf withAttribute:wa attributeOnly:ao unresolved:u status:s relativeNames:rel refresh:r "
    "listRegisteredTypes:lrt registerType:rt deregisterType:dt"
)
def filePathEditor(**flags: Any) -> list[str] | None:
    """What folders there are, or which files are in one."""
    if "registerType" in flags:
        REGISTERED.append(flags["registerType"])
    if "deregisterType" in flags:
        REGISTERED.remove(flags["deregisterType"])
    if "listRegisteredTypes" in flags:
        return list(REGISTERED)
    found = [(path if flags.get("unresolved") else world.resolve(path, world.scene.name), plug) for path, plug in _named()]
    if "listDirectories" in flags:
        return sorted({os.path.dirname(path) for path, _ in found}) or None
    if "listFiles" not in flags:
        return None  # refresh: there is nothing that could be out of date.
    answer: list[Any] = []
    for path, plug in found:
        if os.path.dirname(path) == flags["listFiles"].rstrip("/"):
            answer += [] if flags.get("attributeOnly") else [os.path.basename(path)]
            answer += [plug] if flags.get("withAttribute") or flags.get("attributeOnly") else []
            answer += [int(os.path.isfile(path))] if flags.get("status") else []
    return answer or None
