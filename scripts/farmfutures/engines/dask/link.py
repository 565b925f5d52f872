"""The connection to the scheduler, or a small cluster of one's own; opened when it is first needed, and anew after it broke."""

from __future__ import annotations

import contextlib
import importlib
import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ... import __version__
from ...errors import EngineUnavailableError, FarmFuturesError
from ...settings import Settings
from . import reach
from .loop import Loop

if TYPE_CHECKING:
    from distributed import Client

CONNECT_S = 5.0
ANSWER_S = 60.0
CLOSE_S = 5.0
INSTALL = "python -m pip install 'farmfutures[dask]'"
LOCAL_WORKERS = 2
_CLIENT = {"distributed.client.scheduler-info-interval": "1 day"}
"""Every two seconds a client asks for all that the scheduler knows of workers, by a connection of its own where one is in use."""

_LOOPBACK = "127.0.0.1:0"
"""For the pages of our own cluster: without an address Dask has them on all interfaces, even where it is to have none."""

T = TypeVar("T")


class Link:
    """A client of the scheduler that the settings name.

    Args:
        settings: For address and files of TLS.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.RLock()
        self._open: _Open | None = None

    def ask(self, function: Callable[..., Any], **arguments: Any) -> Any:
        """Runs a function of ours on the scheduler and returns what it does.

        Raises:
            EngineUnavailableError: There is no scheduler, or it has no farmfutures.
        """

        async def asking(client: Client) -> Any:
            asked: Any = client
            return await asked.run_on_scheduler(function, **arguments)

        return self.call(asking)

    def call(self, what: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        """Does something with the client, in the thread of its loop.

        Raises:
            EngineUnavailableError: The connection broke, or there is no farmfutures there.
        """
        opened = self._opened()
        try:
            return opened.loop.run(lambda: what(opened.client), ANSWER_S)
        except FarmFuturesError:
            raise
        except ImportError as error:
            raise EngineUnavailableError(
                f"Dask's scheduler can't import farmfutures ({error}): install the same release where it runs, {INSTALL} "
                f"(farmfutures=={__version__}), and start it anew."
            ) from error
        except (OSError, TimeoutError) as error:
            self._drop(opened)
            why = reach.problem(self.settings) or f"Dask says {type(error).__name__}: {error}."
            raise EngineUnavailableError(f"Dask's scheduler does not answer. {why}") from error

    def _opened(self) -> _Open:
        with self._lock:
            if self._open is not None and self._open.client.status != "running":
                self._drop(self._open)
            if self._open is None:
                self._open = self._connect()
            return self._open

    def _connect(self) -> _Open:
        dask()
        wrong = reach.problem(self.settings, connect=False)
        if wrong:  # Dask would wait for ten seconds, and then not name the cause.
            raise EngineUnavailableError(f"there is no way to a Dask scheduler. {wrong}")
        opened = _Open()
        try:
            opened.connect(self.settings)
        except Exception as error:  # What else than a scheduler may answer there, and what Dask makes of that, is endless.
            opened.close()
            why = reach.problem(self.settings) or f"Dask says {type(error).__name__}: {error}."
            raise EngineUnavailableError(f"there is no connection to Dask's scheduler. {why}") from error
        return opened

    @property
    def dashboard(self) -> str | None:
        """The address of the scheduler's dashboard, as far as we are connected and it has one."""
        opened = self._open
        try:
            return opened.client.dashboard_link or None if opened is not None else None
        except (KeyError, ValueError, AttributeError):
            return None

    def _drop(self, opened: _Open) -> None:
        """Lets go of a connection that broke; the next question opens another one."""
        with self._lock:
            if self._open is opened:
                self._open = None
        opened.close()

    def close(self) -> None:
        """Lets go of all of it."""
        with self._lock:
            opened, self._open = self._open, None
        if opened is not None:
            opened.close()


class _Open:
    """A connection that is there, in a loop of its own, and the cluster where that is our own, too."""

    client: Client

    def __init__(self) -> None:
        self.loop = Loop()
        self._things: list[Any] = []
        self._folder: str | None = None

    def connect(self, settings: Settings) -> None:
        """Connects, or raises what Dask raises."""
        self.loop.run(lambda: self._begin(settings), 4 * CONNECT_S if reach.is_local(settings) else CONNECT_S)

    async def _begin(self, settings: Settings) -> None:
        where: Any = await self._cluster(settings) if reach.is_local(settings) else reach.address(settings)
        distributed = dask()
        with importlib.import_module("dask").config.set(_CLIENT):
            # Nothing of a Maya is to become Dask's by itself, `dask.compute` for instance.
            self.client = distributed.Client(
                where, security=_security(settings), timeout=CONNECT_S, set_as_default=False, name="farmfutures",
                asynchronous=True,
            )  # fmt: skip
        self._things.insert(0, self.client)
        await self.client

    async def _cluster(self, settings: Settings) -> Any:
        """Scheduler and workers live in this process; what runs chunks are processes, as everywhere."""
        self._folder = tempfile.mkdtemp(prefix="farmfutures-dask-")
        there = {"local_directory": self._folder}
        cluster = dask().LocalCluster(
            n_workers=min(LOCAL_WORKERS, settings.slots), threads_per_worker=1, processes=False, memory_limit=None,
            dashboard_address=_LOOPBACK, worker_dashboard_address=_LOOPBACK, asynchronous=True,
            scheduler_kwargs=there, **there,
        )  # fmt: skip
        self._things.append(cluster)
        return await cluster

    def close(self) -> None:
        """Closes it as well as that can be done, and ends the loop with whatever is left."""
        for thing in self._things:
            with contextlib.suppress(Exception):  # The loop's end is what counts.
                self.loop.run(lambda thing=thing: thing.close(), CLOSE_S)  # type: ignore[misc]
        self.loop.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _security(settings: Settings) -> Any:
    if not reach.address(settings).startswith("tls:"):
        return None
    names = (settings.dask_tls_ca, settings.dask_tls_cert, settings.dask_tls_key)
    ca, cert, key = (str(Path(name).expanduser()) for name in names)
    return dask().Security(tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True)


def dask() -> Any:
    """Imports Dask's ``distributed``, to be silent where that is for us: its client reports lost connections at length.

    Raises:
        EngineUnavailableError: There is none; with the command that installs it.
    """
    new = "distributed" not in sys.modules
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise EngineUnavailableError(
            f"this Python has no Dask ({error}): {INSTALL}. In Maya: {INSTALL.replace('python', 'mayapy', 1)}."
        ) from error
    if new:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
    return distributed
