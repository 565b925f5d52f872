"""Where a bundle and whoever runs it here meet: a folder in the job's, with how chunks stand and what the client wishes."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...guard import write_private
from ..local.lock import is_held
from ..spool.launcher import ChunkState, Stand

STALE_S = 120.0
"""A host on another machine that has said nothing for so long may be anywhere."""

FRESH_S = 20.0
"""It says something at least so often."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client wants: chunks taken away (None: all of them), those that run too; what waits held back, or not; or a process
    for another order (see `starting`)."""

    cancel: bool = False
    chunks: tuple[int, ...] | None = None
    running: bool = False
    held: bool | None = None
    launch: tuple[int, str, int, int, bool] | None = None


@dataclass(slots=True)
class Standing:
    """How the chunks of an order stand.

    Attributes:
        host: The machine that runs them.
        chunks: Each with its state, why, and where.
        held: Whether what waits is held back.
    """

    host: str
    chunks: dict[int, Stand] = field(default_factory=dict)
    held: bool = False


class Place:
    """See the module.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bundle = root / "bundle"
        self.standing = root / "standing"
        self.lock = root / "lock"
        self.log = root / "host.log"
        self._wishes = root / "wishes"
        self._target = root / "target"

    @classmethod
    def of(cls, job: Path, token: str) -> Place:
        """Returns the place of an order in a job's folder."""
        return cls(job / "openjd" / token)

    @property
    def job(self) -> Path:
        """The job's folder."""
        return self.root.parents[1]

    def create(self, target: str) -> None:
        """Makes the folders.

        Args:
            target: Who will run the bundle.

        Raises:
            OSError: They can't be made.
        """
        self.root.parent.mkdir(mode=0o700, exist_ok=True)
        for path in (self.root, self.bundle, self._wishes):
            path.mkdir(mode=0o700, exist_ok=True)
        write_private(self._target, target.encode())

    def target(self) -> str | None:
        """Returns who runs the bundle, None where that was never said."""
        try:
            return self._target.read_text()
        except OSError:
            return None

    # --- how chunks stand

    def write(self, standing: Standing) -> None:
        """Says how they stand.

        Raises:
            OSError: It can't be said.
        """
        chunks = {number: [stand.state.value, stand.why, stand.where] for number, stand in standing.chunks.items()}
        write_private(self.standing, json.dumps({"host": standing.host, "chunks": chunks, "held": standing.held}).encode())

    def read(self) -> Standing | None:
        """Returns what was said last, None where nobody said anything that can be read."""
        try:
            said: dict[str, Any] = json.loads(self.standing.read_bytes())
            chunks = {int(number): Stand(ChunkState(state), why, where) for number, (state, why, where) in said["chunks"].items()}
            return Standing(said["host"], chunks, said["held"])
        except (OSError, ValueError, KeyError):
            return None

    def look(self) -> dict[int, Stand]:
        """Returns how chunks stand: what its host left when it died is lost, and what nobody can know is left out."""
        standing = self.read()
        if standing is None:
            return {}
        if standing.host != socket.gethostname():
            return standing.chunks if self._is_fresh() else _ended(standing)
        if is_held(self.lock):
            return standing.chunks
        standing = self.read() or standing  # It may have ended well between the two looks.
        lost = Stand(ChunkState.LOST, "the process that ran its sessions is gone", standing.host)
        return {number: stand if _is_over(stand) else lost for number, stand in standing.chunks.items()}

    def _is_fresh(self) -> bool:
        try:
            return time.time() - self.standing.stat().st_mtime < STALE_S
        except OSError:
            return False

    # --- wishes

    def wish(self, wish: Wish) -> None:
        """Leaves a wish, for a host that may be gone.

        Raises:
            OSError: It can't be left.
        """
        body = json.dumps(dataclasses.asdict(wish)).encode()
        write_private(self._wishes / f"{time.time_ns():020d}-{secrets.token_hex(4)}", body)

    def wishes(self) -> Iterator[Wish]:
        """Yields wishes, the first one first; each once."""
        with contextlib.suppress(OSError):
            for name in sorted(name for name in os.listdir(self._wishes) if not name.startswith(".")):
                path = self._wishes / name
                said = json.loads(path.read_bytes())
                path.unlink()
                plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
                yield Wish(**plain)


def _is_over(stand: Stand) -> bool:
    return stand.state in (ChunkState.OVER, ChunkState.CANCELLED, ChunkState.LOST)


def _ended(standing: Standing) -> dict[int, Stand]:
    return {number: stand for number, stand in standing.chunks.items() if _is_over(stand)}
