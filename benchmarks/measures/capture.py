"""What a session's capture costs the artist: it holds Maya's main thread.

On the stand-in of the tests, whose commands are Python: what is measured is how many of them there are, and what we do with
the answers. What these commands cost in a real Maya is for a real Maya to say.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from ..model import Measure, Metric, Peer, Sizes, Values
from . import tools

_SITE = Path(__file__).resolve().parents[2] / "tests" / "mayasim" / "site"
_TEXTURED = 10
"""One node of so many is a file texture, whose path is read."""
_ENTRIES = 50
_VARIABLES = 300
_TIMES = 25


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns how long a capture of a saved scene takes: the median, and the worst."""
    sys.path.insert(0, str(_SITE))
    os.environ["MAYA_NO_STANDALONE_ATEXIT"] = "1"  # Else the stand-in would end this process, as Maya does.
    with tempfile.TemporaryDirectory(prefix="capture") as folder:
        import_module("maya.standalone").initialize()
        scene = _scene(Path(folder), sizes["nodes"])
        cmds = import_module("maya.cmds")
        cmds.file(str(scene), open=True, force=True)
        took = [_capture() for _ in range(_TIMES)]
    if len(cmds.ls()) < sizes["nodes"]:
        raise AssertionError(f"the scene has only {len(cmds.ls())} nodes")
    return {"ms": statistics.median(took) * 1e3, "worst_ms": max(took) * 1e3}


def _capture() -> float:
    from farmfutures.maya import Session

    environ = _environ()
    with tools.stopwatch() as took:
        session = Session.capture(environ=environ)
    if "PROJ" not in session.environ:
        raise AssertionError("the paths of the scene were not read")
    return took[0]


def _scene(folder: Path, nodes: int) -> Path:
    """Writes a scene of so many nodes: textures, and transforms in branches of a hundred."""
    lines = ["//Maya ASCII 2026 scene", 'requires maya "2026";']
    for number in range(nodes):
        if number % _TEXTURED == 0:
            lines.append(f'createNode file -n "file{number}";\n\tsetAttr ".ftn" -type "string" "$PROJ/tex/{number}.<UDIM>.tx";')
        else:
            above = f' -p "node{number - 1}"' if number % 100 > 1 and (number - 1) % _TEXTURED else ""
            lines.append(f'createNode transform -n "node{number}"{above};')
    path = folder / "scene.ma"
    path.write_text("\n".join(lines) + "\n")
    return path


def _environ() -> dict[str, str]:
    """Returns an environment as a studio's launcher makes it."""
    entries = os.pathsep.join(f"/studio/packages/{number}/scripts" for number in range(_ENTRIES))
    paths = ("MAYA_SCRIPT_PATH", "PYTHONPATH", "MAYA_PLUG_IN_PATH", "XBMLANGPATH", "MAYA_MODULE_PATH", "PXR_PLUGINPATH_NAME")
    return {
        **dict.fromkeys(paths, entries), **{f"REZ_USED_{number}": "x" * 80 for number in range(_VARIABLES)},
        "PROJ": "/projects/orrery", "MAYA_LOCATION": "/usr/autodesk/maya2026", "HOME": "/home/me",
    }  # fmt: skip


MEASURE = Measure(
    "capture", "capture of a session whose scene has 10,000 nodes, on the stand-in of the tests",
    (Metric("ms", "median", "ms"), Metric("worst_ms", "worst", "ms")), run,
    {"nodes": 10_000}, {"nodes": 300}, ("us",), most_rounds=3, starts=False,
)  # fmt: skip
