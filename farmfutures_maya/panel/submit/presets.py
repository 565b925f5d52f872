"""What people keep under a name, and what a studio offers.

    MAYA_APP_DIR/farmfutures/presets/NAME.json      a person's own
    ACTIONS/NAME.json                               a studio's, in the folders of the setting `actions`: they can't be changed

A preset is what is in the form but for frames, nodes and items, which are a scene's.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote

from farmfutures.settings import Settings

from ...actions.request import Request
from ...atomic import write_text
from ...session import app_dir

_FORMAT = "farmfutures preset"


@dataclass(frozen=True)
class Preset:
    """Something that was kept.

    Attributes:
        name: What it is called.
        path: Where it is.
        own: Whether it is the person's own, and may be changed.
    """

    name: str
    path: Path
    own: bool

    def request(self, now: Request) -> Request:
        """Returns what was kept, with the frames, nodes and items of now.

        Raises:
            ValueError: The file is none of ours, or damaged; the message says which.
        """
        try:
            found: Any = json.loads(self.path.read_text(encoding="utf-8"))
            kept = cast("dict[str, Any]", found)["request"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"the preset {self.name} can't be read from {self.path} ({type(error).__name__}: {error}). Keep it anew, or "
                "remove that file."
            ) from error
        return replace(Request.from_dict(kept), frames=now.frames, nodes=now.nodes, items=now.items)


def folder() -> Path:
    """Returns where a person's own are."""
    return Path(app_dir(os.environ)) / "farmfutures" / "presets"


def presets(settings: Settings | None = None) -> list[Preset]:
    """Returns all presets by name; a person's own one hides the studio's of that name."""
    found: dict[str, Preset] = {}
    for place in (settings or Settings.load()).actions:
        found.update(_in(Path(place).expanduser(), own=False))
    found.update(_in(folder(), own=True))
    return sorted(found.values(), key=lambda preset: preset.name.casefold())


def _in(place: Path, *, own: bool) -> dict[str, Preset]:
    named = ((unquote(path.stem), path) for path in sorted(place.glob("*.json")) if place.is_dir() and _is_one(path))
    return {name: Preset(name, path, own) for name, path in named}


def _is_one(path: Path) -> bool:
    """A studio's folder may hold other JSON; what is damaged counts as a preset among a person's own, and is told when used."""
    try:
        return _FORMAT in path.read_text(encoding="utf-8") or path.parent == folder()
    except (OSError, ValueError):
        return path.parent == folder()


def keep(name: str, request: Request) -> Preset:
    """Keeps what is in the form under a name; one of that name is written over.

    Raises:
        ValueError: The name says nothing.
        OSError: It can't be written.
    """
    name = re.sub(r"\s+", " ", name).strip()
    if not name:
        raise ValueError("a preset needs a name.")
    path = folder() / f"{quote(name, safe=' ')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = replace(request, frames="", nodes=(), items=()).to_dict()
    write_text(path, json.dumps({"format": _FORMAT, "request": plain}, indent=2, sort_keys=True) + "\n")
    return Preset(name, path, own=True)


def remove(preset: Preset) -> None:
    """Removes a person's own.

    Raises:
        OSError: It can't be removed.
    """
    if preset.own:
        preset.path.unlink(missing_ok=True)
