"""Writes ``site/mayasim/flags.json`` from the published stubs of Maya (types-maya): ``python tests/mayasim/make_flags.py``.

The table holds every flag of every command that the stand-in offers, and what Maya's help has and the stubs lack.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path

SITE = Path(__file__).resolve().parent / "site"

LACKING = {
    "currentTime": ["query", "q", "edit", "e"],
    "upAxis": ["axis", "ax"],
    "deleteUI": ["control", "ctl", "layout", "lay", "menu", "m", "window", "wnd"],
    "fileInfo": ["query", "q"],
    "dirmap": ["query", "q"],
}
"""Documented in Maya's command reference, missing in the stubs for these commands."""

OF_PLUGINS = {
    "AbcExport": ["dontSkipUnwrittenFrames", "duf", "h", "help", "j", "jobArg", "preRollStartFrame", "prs", "v", "verbose"],
    "mayaUSDExport": [
        "append", "a", "chaser", "chr", "convertMaterialsTo", "cmt", "defaultCameras", "dc", "defaultMeshScheme", "dms",
        "defaultUSDFormat", "duf", "eulerFilter", "ef", "exportColorSets", "cls", "exportInstances", "ein", "exportRoots",
        "ert", "exportSkels", "skl", "exportSkin", "skn", "exportUVs", "uvs", "exportVisibility", "vis", "f", "file",
        "filterTypes", "ft", "frameRange", "fr", "frameSample", "fs", "frameStride", "fst", "kind", "k",
        "mergeTransformAndShape", "mt", "parentScope", "psc", "renderableOnly", "ro", "renderLayerMode", "rlm", "selection",
        "sl", "shadingMode", "shd", "staticSingleSample", "sss", "stripNamespaces", "sn", "verbose", "v",
    ],
}  # fmt: skip
"""Commands of plug-ins, which the stubs don't have: AbcExport as its help lists them (Maya help, PyMEL 2015), mayaUSDExport as
Autodesk/maya-usd does (lib/mayaUsd/commands/Readme.md).
"""


_COMMAND = re.compile(r"^def (\w+)\((.*?)\) *->", re.MULTILINE | re.DOTALL)
_FLAG = re.compile(r"(?:^|[,(])\s*(\w+)\s*:")


def stub_flags() -> dict[str, set[str]]:
    """Returns all flags of all commands in the stubs. They are six megabytes, so that they are not parsed as Python."""
    spec = find_spec("maya-stubs")
    assert spec is not None, "pip install types-maya"
    assert spec.submodule_search_locations
    text = Path(spec.submodule_search_locations[0], "cmds.pyi").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for name, parameters in _COMMAND.findall(text):
        found.setdefault(name, set()).update(_FLAG.findall(parameters))
    return {**found, **{name: set(flags) for name, flags in OF_PLUGINS.items()}}


def table() -> dict[str, list[str]]:
    """Returns the table for what the stand-in offers."""
    sys.path.insert(0, str(SITE))
    from mayasim import commands  # noqa: F401
    from mayasim.flags import EVERY

    known = stub_flags()
    return {name: sorted(known[name] | set(LACKING.get(name, ()))) for name in sorted(EVERY)}


if __name__ == "__main__":
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(flags)}" for name, flags in table().items())
    (SITE / "mayasim" / "flags.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")
