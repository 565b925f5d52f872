"""Values of variables that must not be seen, each set in a file of its own that only this user can read.

A specification names the file, and the names of the variables in it. Jobs with the same values share a file, as they share
interpreters, so that its name follows from what is in it: by a key of this folder, because a plain digest of a short
password tells the password to whoever gets at the database alone.

The broker removes a file when no job that names it can run again: all are complete, or removed from the history. What
failed may be retried, and keeps its secrets until then.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Collection, Mapping
from pathlib import Path

from ...errors import StoreFullError
from ...guard import write_private
from .folder import Folder

GRACE_S = 10.0
"""A file younger than this may be one whose job is not in its journal yet."""

_KEY = "key"
_KEY_BYTES = 32


class Vault:
    """The secrets of one state folder."""

    def __init__(self, folder: Folder) -> None:
        self.root = folder.secrets

    def name(self, values: Mapping[str, str]) -> str:
        """Returns what a file with these values is called."""
        return hmac.new(self._key(), _text(values), hashlib.sha256).hexdigest()[:32]

    def keep(self, values: Mapping[str, str]) -> None:
        """Sees to it that the values are there for a job that is about to be handed over.

        Raises:
            StoreFullError: The disk is full.
        """
        path = self.root / self.name(values)
        try:
            os.utime(path)
        except FileNotFoundError:
            _write(path, _text(values))

    def read(self, name: str) -> dict[str, str]:
        """Returns the values in a file.

        Raises:
            OSError: It is not there.
        """
        found: dict[str, str] = json.loads((self.root / name).read_bytes())
        return found

    def kept(self) -> list[str]:
        """Returns the names of the files that there are."""
        return [path.name for path in self.root.iterdir() if path.name != _KEY and not path.suffix]

    def sweep(self, needed: Collection[str], grace_s: float = GRACE_S) -> None:
        """Removes what no job needs.

        Args:
            needed: Names of files that jobs need. All journals must have been read before these were looked for.
            grace_s: Files younger than this, in seconds, stay in any case.
        """
        before = time.time() - grace_s
        for path in self.root.iterdir():
            try:
                if path.name != _KEY and path.name not in needed and path.stat().st_mtime <= before:
                    path.unlink()
            except FileNotFoundError:
                continue

    def _key(self) -> bytes:
        path = self.root / _KEY
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            # Two clients may do this at once. The second key stays, and what has a name by the first is written again.
            _write(path, secrets.token_bytes(_KEY_BYTES))
            key = path.read_bytes()
        return key


def _text(values: Mapping[str, str]) -> bytes:
    return json.dumps(dict(values), sort_keys=True).encode()


def _write(path: Path, data: bytes) -> None:
    try:
        write_private(path, data)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StoreFullError(
            error.errno,
            f"no room on the disk of {path.parent} for this job's secret variables: nothing was submitted. Free some space",
        ) from error
