"""What the panel remembers from one day to the next: columns, what is looked for, how large its parts are.

It is a file beside the user's settings. One that can't be read, or written, costs what was remembered, and nothing else.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from farmfutures.errors import FarmFuturesError
from farmfutures.settings import Settings

from ..atomic import write_text

NAME = "panel.json"


def place() -> Path | None:
    """Returns the file; None where the settings can't be read, which is said elsewhere."""
    try:
        return Settings.load().state / NAME
    except FarmFuturesError:
        return None


def load() -> dict[str, Any]:
    """Returns what was remembered; nothing, where it can't be read."""
    path = place()
    try:
        found: object = json.loads(path.read_text(encoding="utf-8")) if path else {}
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def save(values: dict[str, Any]) -> bool:
    """Remembers something, beside what is remembered already; returns whether that went well.

    The folder is the engine's, which makes it, closed to others, when it is first needed: before that there is nothing to say.
    """
    path = place()
    if path is None or not path.parent.is_dir():
        return False
    try:
        write_text(path, json.dumps({**load(), **values}, indent=1))
    except OSError:
        return False
    return True
