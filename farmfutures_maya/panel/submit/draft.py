"""What is in the form and not submitted yet, kept for a scene: it is there again after a crash.

    MAYA_APP_DIR/farmfutures/drafts/....json

A draft that can't be written or read costs itself, never the form: there is nothing that people could do about it now.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any, cast

from ...actions.request import Request
from ...atomic import write_text
from ...session import app_dir


def path_of(scene: str, folder: Path | None = None) -> Path:
    """Returns the file of a scene's draft.

    Args:
        scene: Its path, "" while it is untitled.
        folder: The user's Maya folder, instead of the real one.
    """
    key = hashlib.sha256(scene.encode()).hexdigest()[:32] if scene else "untitled"
    return (folder or Path(app_dir(os.environ))) / "farmfutures" / "drafts" / f"{key}.json"


def keep(scene: str, request: Request) -> None:
    """Writes a draft."""
    path = path_of(scene)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps({"scene": scene, "request": request.to_dict()}, indent=1))


def load(scene: str) -> Request | None:
    """Returns a scene's draft, if there is one."""
    try:
        found: Any = json.loads(path_of(scene).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    given = cast("dict[str, Any]", found).get("request") if isinstance(found, dict) else None
    return Request.from_dict(cast("dict[str, Any]", given)) if isinstance(given, dict) else None


def drop(scene: str) -> None:
    """Takes a draft away: it was submitted, or is not wanted."""
    with contextlib.suppress(OSError):
        path_of(scene).unlink(missing_ok=True)
