"""SQLite by itself: no peer, but a limit. Its measure opens the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ..model import Peer, Pending


class Sqlite(Peer):
    """Nothing that runs calls."""

    name: ClassVar[str] = "sqlite"
    title: ClassVar[str] = "limit: SQLite by itself"
    module: ClassVar[str] = "sqlite3"

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """There is nothing to start."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Pending:
        """Nothing runs here."""
        raise NotImplementedError

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], chunk: int | None) -> Sequence[Any]:
        """Nothing runs here."""
        raise NotImplementedError

    def close(self) -> None:
        """There is nothing to stop."""
