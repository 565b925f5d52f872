"""Whether a file is ours: HMAC-SHA256 over all that it says and what it claims to be, checked before anything else.

The key lies beside the jobs, in a folder and a file of the user's own. Whoever can read it can write there anyway.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from ..errors import SealError
from ..guard import check_private_file, write_new

KEY_BYTES = 32
_MAGIC = b"FFS1"
_MAC_BYTES = hashlib.sha256().digest_size


class Seal:
    """Seals and opens what belongs to one user's spool.

    Args:
        key: The user's key.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, path: Path) -> Seal:
        """Returns the seal of a key file, which is made on first use.

        Raises:
            StateFolderError: It is not this user's alone.
            SealError: It is not a key.
            OSError: It can't be read or made.
        """
        if not path.exists():
            _make_key(path)
        check_private_file(path)
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise SealError(
                f"{path} is not a key of {KEY_BYTES} bytes: restore it from a backup, or remove it and all jobs beside it."
            )
        return cls(key)

    def close(self, what: str, body: bytes) -> bytes:
        """Returns a body with its seal in front.

        Args:
            what: What it is and whose, ``"package 17"``: opened as anything else, it is refused.
            body: Any bytes.
        """
        return _MAGIC + self._mac(what, body) + body

    def open(self, what: str, data: bytes, path: Path) -> bytes:
        """Returns the body.

        Args:
            what: What it must be.
            data: What `close` returned.
            path: Where it was read, for the message.

        Raises:
            SealError: It is not ours, not this, or changed.
        """
        head = len(_MAGIC) + _MAC_BYTES
        body = memoryview(data)[head:]
        if data[: len(_MAGIC)] != _MAGIC or not hmac.compare_digest(data[len(_MAGIC) : head], self._mac(what, body)):
            raise SealError(
                f"{path} is not what farmfutures wrote there as {what} (its seal does not fit), and nothing in it was used. "
                "Somebody changed or swapped it, or the disk did: submit the job again."
            )
        return bytes(body)

    def _mac(self, what: str, body: bytes | memoryview) -> bytes:
        mac = hmac.new(self._key, f"{what}\0".encode(), hashlib.sha256)
        mac.update(body)
        return mac.digest()


def digest(data: bytes | memoryview) -> bytes:
    """Returns the SHA-256 of something whose digest stands in a sealed file."""
    return hashlib.sha256(data).digest()


def digest_of(path: Path) -> bytes:
    """Returns the same for a file of any size.

    Raises:
        OSError: It can't be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _make_key(path: Path) -> None:
    """Two machines may do this at once: the first one's counts."""
    try:
        write_new(path, secrets.token_bytes(KEY_BYTES))
    except FileExistsError:
        pass
