"""``Render``: opens a scene as Maya's command line renderer does, and writes an image of one colour for each frame.

Its flags are the common ones of Maya's help ("Common flags for the command line renderer"); others are refused.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from mayasim.images import png

FLAGS = ("-r", "-proj", "-rd", "-im", "-s", "-e", "-b", "-pad", "-cam", "-x", "-y", "-rl")
_LAYER_TOKENS, _PADDING = ("<RenderLayer>", "<Layer>"), "4"


def main(words: list[str]) -> int:
    """Renders; returns the exit code."""
    flags, scene = _parse(words)
    if scene is None:
        return 1
    from maya import standalone

    standalone.initialize()
    from maya import cmds

    try:
        if "-proj" in flags:
            cmds.workspace(flags["-proj"], openWorkspace=True)
        cmds.file(scene, open=True, force=True)
        for name in (flags["-rl"], flags["-cam"]):
            if not cmds.objExists(name):
                raise RuntimeError(f"Cannot find {name} in {scene}.")
    except RuntimeError as error:
        print(f"Error: {str(error).strip()}", file=sys.stderr)
        print(f"// Maya exited with status 210 {scene}", file=sys.stderr)
        return 210
    _render(flags, scene, cmds.getAttr("defaultRenderGlobals.currentRenderer"))
    return 0


def _parse(words: list[str]) -> tuple[dict[str, str], str | None]:
    flags: dict[str, str] = {
        "-s": "1",
        "-e": "1",
        "-b": "1",
        "-x": "960",
        "-y": "540",
        "-rl": "defaultRenderLayer",
        "-cam": "persp",
    }
    rest = list(words)
    while rest and rest[0].startswith("-"):
        flag = rest.pop(0)
        if flag not in FLAGS or not rest:
            print(f"Invalid flag: {flag}\nUsage: ./Render [options] filename", file=sys.stderr)
            return flags, None
        flags[flag] = rest.pop(0)
    return flags, rest[0] if len(rest) == 1 else None


def _render(flags: dict[str, str], scene: str, renderer: Any) -> None:
    frame, last = float(flags["-s"]), float(flags["-e"])
    prefix = flags.get("-im", "<Scene>").replace("<Scene>", os.path.splitext(os.path.basename(scene))[0])
    layer = {"defaultRenderLayer": "masterLayer"}.get(flags["-rl"], flags["-rl"].removeprefix("rs_"))
    for token in _LAYER_TOKENS:
        prefix = prefix.replace(token, layer)
    prefix = prefix.replace("<Camera>", flags["-cam"].rpartition("|")[2])
    while frame <= last:
        number = f"{int(frame):0{flags.get('-pad', _PADDING)}d}"
        path = os.path.join(flags.get("-rd", "images"), f"{prefix}.{number}.png")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as image:
            image.write(png(int(flags["-x"]), int(flags["-y"]), int(frame) % 256))
        print(f"{renderer}: frame {number} of {layer} through {flags['-cam']}: {path}", flush=True)
        frame += float(flags["-b"])


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
