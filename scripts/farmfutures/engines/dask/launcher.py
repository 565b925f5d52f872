"""Chunks as tasks of a Dask cluster."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ...errors import RefusedError
from ...job import JobSpec
from ...settings import Settings
from ..report import Finding, Report
from ..spool.launcher import ChunkState, Order, Stand
from . import capabilities
from .ledger import key
from .link import Link, dask

if TYPE_CHECKING:
    from .desk import Answers

_GONE = "the scheduler was started anew and does not know it"
_ELSEWHERE = "it was handed to another scheduler than the one of the setting 'dask_scheduler'"


@dataclass(frozen=True, slots=True)
class Handle:
    """An order: address and id by which its scheduler knows itself, how many chunks it has, its token, and the dashboard."""

    address: str
    scheduler: str
    chunks: int
    token: str
    dashboard: str = ""

    def __str__(self) -> str:
        return f"{self.address} {self.scheduler} {self.chunks} {self.token} {self.dashboard}"

    @classmethod
    def parse(cls, text: str) -> Handle:
        """Reads what `str` of one returned."""
        address, scheduler, chunks, token, dashboard = text.split(" ")
        return cls(address, scheduler, int(chunks), token, dashboard)


class DaskLauncher:
    """Starts chunks on the workers of the cluster that the settings name.

    Args:
        settings: For the scheduler's address, the files of TLS, and how long interpreters stay warm.
    """

    name = "dask"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.link = Link(settings)

    def report(self) -> Report:
        """What it can do."""
        return capabilities.REPORT

    def check(self, spec: JobSpec) -> None:
        """Refuses what it can't honour.

        Raises:
            OptionError: An option has a bad value.
        """
        capabilities.check(spec)

    def examine(self) -> list[Finding]:
        """Looks whether the cluster can be used from here."""
        from .lookout import examine

        return list(examine(self.link))

    # --- to the cluster

    def launch(self, order: Order) -> str:
        """Hands the chunks over and returns the handle.

        Raises:
            EngineUnavailableError: There is no scheduler, or it did not take them.
            RefusedError: Dask refuses.
        """
        about = {
            "token": order.token, "job": order.folder, "chunks": len(order.commands), "cpus": order.spec.cpus,
            "priority": capabilities.priority(order.spec.priority), "held": order.held,
        }  # fmt: skip
        scheduler = self._ask("open_order", about=about)
        refusal = self.link.call(partial(_submit, order=order, idle_s=self.settings.interpreter_idle_s))
        if refusal is not None:
            raise RefusedError(f"Dask did not take the job. {refusal}")
        return self._handle(scheduler, len(order.commands), order.token)

    def find(self, token: str) -> str | None:
        """Returns the handle of an order that is on the scheduler.

        Raises:
            EngineUnavailableError: There is no scheduler now.
        """
        scheduler, found = self._ask("look", tokens=[token])
        return self._handle(scheduler, len(found[token]), token) if token in found else None

    def _handle(self, scheduler: tuple[str, str], chunks: int, token: str) -> str:
        return str(Handle(*scheduler, chunks, token, self.link.dashboard or ""))

    def look(self, handles: Collection[str]) -> dict[str, dict[int, Stand]]:
        """Returns how chunks stand; those that a scheduler does not know, which keeps nothing when it ends, are lost.

        Raises:
            EngineUnavailableError: There is no scheduler now.
        """
        parsed = {handle: Handle.parse(handle) for handle in handles}
        if not parsed:
            return {}
        (address, _), found = self._ask("look", tokens=[handle.token for handle in parsed.values()])
        return {text: dict(enumerate(_stands(handle, found, address))) for text, handle in parsed.items()}

    def cancel(self, handle: str, chunks: Collection[int] | None, *, running: bool) -> None:
        """Takes chunks away, and ends those that run where they do.

        Raises:
            EngineUnavailableError: There is no scheduler now.
        """
        numbers = None if chunks is None else list(chunks)
        at_work = self._ask("cancel", token=Handle.parse(handle).token, chunks=numbers, running=running)
        for worker, keys in at_work.items():
            self.link.call(partial(_kill, worker=worker, keys=keys))

    def hold(self, handle: str, held: bool) -> None:
        """Keeps what waits from starting, or lets it start again.

        Raises:
            EngineUnavailableError: There is no scheduler now.
        """
        self._ask("hold", token=Handle.parse(handle).token, held=held)

    def set_priority(self, handle: str, priority: int) -> None:
        """Moves what waits up or down.

        Raises:
            EngineUnavailableError: There is no scheduler now.
        """
        self._ask("set_priority", token=Handle.parse(handle).token, priority=capabilities.priority(priority))

    def _ask(self, what: str, **arguments: Any) -> Any:
        """Asks the desk."""
        dask()
        from . import desk

        return self.link.ask(getattr(desk, what), **arguments)

    def url(self, handle: str) -> str | None:
        """The scheduler's dashboard, where it has one."""
        return Handle.parse(handle).dashboard or None

    def close(self) -> None:
        """Lets go of the scheduler; what was started goes on."""
        self.link.close()


async def _submit(client: Any, order: Order, idle_s: float) -> str | None:
    """Has Dask take an order's chunks as tasks; returns why it does not."""
    from . import desk, task

    keys = [key(order.token, number) for number in range(len(order.commands))]
    futures = client.map(
        task.run, [list(command) for command in order.commands], keys, key=keys, pure=False,
        env=dict(order.env), idle_s=idle_s, **capabilities.wanted(order.spec),
    )  # fmt: skip
    dask().fire_and_forget(futures)  # They are the scheduler's from now on, whatever becomes of us.
    if await client.run_on_scheduler(desk.wait_until_taken, token=order.token):
        return None
    failed = next((future for future in futures if future.status == "error"), None)
    if failed is None:
        return "It did not say why; look at the scheduler's log."
    error = await failed.exception()
    cause = error.__cause__ or error
    return f"{type(cause).__name__}: {' '.join(str(cause).split())}"


async def _kill(client: Any, worker: str, keys: list[str]) -> None:
    """Ends tasks where they run; a worker that has gone has ended them."""
    from . import station

    await client.run(station.kill, keys=keys, workers=[worker], on_error="ignore")


def _stands(handle: Handle, found: Answers, address: str) -> list[Stand]:
    """Returns how the chunks of an order stand, by what the scheduler at an address knows."""
    if handle.token in found:
        return [Stand(ChunkState(state), why, where) for state, why, where in found[handle.token]]
    if handle.address == address:
        return [Stand(ChunkState.LOST, _GONE)] * handle.chunks
    return [Stand(ChunkState.UNKNOWN, f"{_ELSEWHERE}: {handle.address}")] * handle.chunks
