"""A folder over a network, as one machine sees it: listings, attributes and contents are late.

What NFS promises is kept: a folder in which this machine has just made something is listed as it is. Only threads that are
named here see it so; the others are machines on which things happen.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from farmfutures.engines.spool import view
from farmfutures.spool import runs
from farmfutures.spool.layout import JobFolder, Signature, signature

CLIENT = frozenset({"farmfutures-watcher", "client"})


class Network:
    """Makes the folder late.

    Args:
        late_s: By how much, in seconds.
    """

    def __init__(self, late_s: float) -> None:
        self.late_s = late_s
        self._shown: dict[tuple[str, str], Any] = {}
        self._own: set[str] = set()

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Puts it between this process and its files."""
        read_bytes, names, begin = Path.read_bytes, runs.names, runs.begin

        def late_read(path: Path) -> bytes:
            content = self._show("content", path, read_bytes)
            if content is None:
                raise FileNotFoundError(2, "No such file or directory (yet)", str(path))
            found: bytes = content
            return found

        def late_signature(path: Path) -> Signature | None:
            found: Signature | None = self._show("signature", path, signature)
            return found

        def late_names(folder: JobFolder) -> list[str]:
            known = str(folder.runs) in self._own or not _is_client()
            return [name for name in names(folder) if known or self._show("name", folder.runs / name, str) is not None]

        def own_begin(folder: JobFolder, items: str) -> runs.Run:
            if _is_client():
                self._own.add(str(folder.runs))
            return begin(folder, items)

        patch.setattr(Path, "read_bytes", late_read)
        patch.setattr(runs, "names", late_names)
        patch.setattr(runs, "begin", own_begin)
        patch.setattr(view, "signature", late_signature)

    def _show(self, what: str, path: Path, look: Callable[[Path], Any]) -> Any:
        """Returns what was to be seen some time ago, None where that was nothing."""
        try:
            changed_s = os.stat(path).st_ctime
            value = look(path)
        except FileNotFoundError:
            return None
        if _is_client() and time.time() - changed_s < self.late_s:
            return self._shown.get((what, str(path)))
        self._shown[what, str(path)] = value
        return value


def _is_client() -> bool:
    return threading.current_thread().name in CLIENT
