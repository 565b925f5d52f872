"""Bundles that are only written: whoever has them runs them, and outcomes come when somebody does."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from pathlib import Path

from ...errors import RefusedError
from ...spool import items as texts
from ..spool.launcher import Finding, Order, Stand
from . import bundle
from .options import Chosen
from .place import Place
from .template import Plan


class Written:
    """Writes bundles, and knows nothing of how they are run."""

    def launch(self, order: Order, plan: Plan, place: Place, wanted: Chosen) -> None:
        """Writes a bundle, whose items the scheduler of whoever runs it cuts into chunks.

        Raises:
            RefusedError: The folder is there and holds other things, or can't be written.
        """
        folder = Path(wanted.bundle).expanduser().absolute() if wanted.bundle else place.bundle
        try:
            folder.mkdir(parents=True, exist_ok=True)
            others = [entry.name for entry in folder.iterdir()] if wanted.bundle else []
            if set(others) - bundle.FILES:
                raise RefusedError(f"openjd_bundle: {folder} holds other things ({others[0]}, ...): name a folder that is empty.")
            bundle.write(folder, whole(order, plan))
            if folder != place.bundle:
                bundle.write(place.bundle, whole(order, plan))  # So that it is known that there is one.
        except OSError as error:
            raise RefusedError(f"openjd_bundle: {folder} can't be written: {error.strerror}.") from error

    def was_launched(self, place: Place) -> bool:
        """Whether it was written."""
        return (place.bundle / bundle.TEMPLATE).exists()

    def look(self, place: Place) -> dict[int, Stand]:
        """Nobody tells."""
        return {}

    def cancel(self, place: Place, chunks: Collection[int] | None, *, running: bool) -> None:
        """Runners read the job's folder, and start nothing that was cancelled."""

    def hold(self, place: Place, held: bool) -> None:
        """Runners read the job's folder, and start nothing while it is paused."""

    def set_priority(self, place: Place, priority: int) -> None:
        """There are none."""
        raise RefusedError("jobs of the openjd engine have no priority: none waits for another.")

    def examine(self) -> Iterator[Finding]:
        """There is nothing that could be missing."""
        yield Finding("bundles", True, "are written; whoever has one runs it: openjd run template.json -p file://parameters.json")

    def url(self, place: Place) -> str | None:
        """There is none."""
        return None


def whole(order: Order, plan: Plan) -> Plan:
    """Returns a plan for all items of an order, cut by whoever runs it: where these are not in a row, in chunks as they are."""
    works = [work for text in order.items for work in texts.parse(text)]
    if works != list(range(len(works))):
        return plan
    largest = max(len(texts.parse(text)) for text in order.items)
    return dataclasses.replace(plan, order="", tasks=len(works), chunk=order.spec.chunk or largest)
