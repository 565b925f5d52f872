"""An event loop in a thread of its own, which ends with all that runs in it.

Dask's own client for threads leaves its loop behind when it gives a scheduler up, or is closed while it looks for one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Loop:
    """Runs coroutines for other threads."""

    def __init__(self) -> None:
        self._began = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="farmfutures-dask", daemon=True)
        self._thread.start()
        self._began.wait()

    def _serve(self) -> None:
        with asyncio.Runner() as runner:  # Which cancels at its end whatever still runs.
            runner.run(self._until_closed())

    async def _until_closed(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._closed = asyncio.Event()
        self._alone = asyncio.Lock()  # Two questions at once would be two connections.
        self._began.set()
        await self._closed.wait()

    def run(self, what: Callable[[], Coroutine[Any, Any, T]], limit_s: float) -> T:
        """Runs a coroutine and returns its result.

        Args:
            what: Returns the coroutine; called in the loop's thread.
            limit_s: It is cancelled after so many seconds.

        Raises:
            TimeoutError: It was.
        """

        return asyncio.run_coroutine_threadsafe(self._limited(what, limit_s), self._loop).result()

    async def _limited(self, what: Callable[[], Coroutine[Any, Any, T]], limit_s: float) -> T:
        async with asyncio.timeout(limit_s), self._alone:
            return await what()

    def close(self) -> None:
        """Ends the loop and what runs in it, and waits for that."""
        self._loop.call_soon_threadsafe(self._closed.set)
        self._thread.join()
