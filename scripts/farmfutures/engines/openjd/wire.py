"""What a task and the keeper of its session say to each other: lines of JSON over loopback, after a secret of the session."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...guard import write_private

_FILE = "farmfutures-keeper.json"
_MOST_BYTES = 1 << 20


class Line:
    """One connection; see the module."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._reader = end.makefile("rb")

    def send(self, **message: Any) -> None:
        """Sends one message.

        Raises:
            OSError: Nobody is there any more.
        """
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> dict[str, Any] | None:
        """Waits for the next message; None where nobody will say anything any more."""
        with contextlib.suppress(OSError, ValueError):
            line = self._reader.readline(_MOST_BYTES)
            if line.endswith(b"\n"):
                message: dict[str, Any] = json.loads(line)
                return message
        return None

    def close(self) -> None:
        """Hangs up, whoever may be reading."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.close()
        self._socket.close()


class Door:
    """Where a keeper is reached: a port of this machine, and a secret in a file that only its user can read.

    Args:
        session: The session's folder.
    """

    def __init__(self, session: Path) -> None:
        self.path = session / _FILE
        self._secret = secrets.token_hex(32)
        self._socket = socket.create_server(("127.0.0.1", 0))
        port = self._socket.getsockname()[1]
        write_private(self.path, json.dumps({"port": port, "secret": self._secret, "pid": os.getpid()}).encode())

    def accept(self, timeout_s: float) -> Line | None:
        """Waits for somebody who knows the secret; None where nobody came in time."""
        self._socket.settimeout(timeout_s)
        try:
            end, _ = self._socket.accept()
        except TimeoutError:
            return None
        end.settimeout(timeout_s)
        line = Line(end)
        first = line.receive()
        if first is None or not secrets.compare_digest(str(first.get("secret")), self._secret):
            line.close()
            return None
        end.settimeout(None)
        return line

    def close(self) -> None:
        """Opens for nobody any more."""
        self.path.unlink(missing_ok=True)
        self._socket.close()


@contextlib.contextmanager
def visit(session: Path) -> Iterator[Line | None]:
    """Goes to a session's keeper; None where there is none."""
    line = _line(session)
    try:
        yield line
    finally:
        if line is not None:
            line.close()


def _line(session: Path) -> Line | None:
    try:
        about = json.loads((session / _FILE).read_bytes())
        line = Line(socket.create_connection(("127.0.0.1", about["port"]), 10))
        line._socket.settimeout(None)
        line.send(secret=about["secret"])
        return line
    except (OSError, ValueError, KeyError):
        return None
