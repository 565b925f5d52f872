"""Writes small files as a whole: whoever reads finds the old one or the new one, whatever dies in between."""

from __future__ import annotations

import os
import uuid
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Writes a text file in UTF-8, in a folder that is there.

    Raises:
        OSError: It can't be written there; a file that was there before is as it was.
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
