"""What ``farmfutures engines check dask`` looks at before its probe: the way to the scheduler, workers, releases, the folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ... import __version__
from ...errors import EngineUnavailableError
from ..report import Finding
from . import reach
from .link import INSTALL, Link, dask

_PYTHON = sys.version_info[:2]


def examine(link: Link) -> Iterator[Finding]:
    """Yields what was looked at; behind the first thing that stands in the way nothing is looked at."""
    try:
        dask()
    except EngineUnavailableError as error:
        yield Finding("dask", False, str(error), INSTALL)
        return
    way = list(reach.steps(link.settings))
    yield from way
    if not way[-1].well:
        return
    try:
        yield from _cluster(link)
    except EngineUnavailableError as error:
        yield Finding("scheduler", False, str(error), "look at the scheduler's log")


def _cluster(link: Link) -> Iterator[Finding]:
    from . import desk

    scheduler = link.ask(desk.about)
    yield _scheduler(scheduler)
    if not scheduler["workers"]:
        start = "dask worker ADDRESS --nthreads 1 and the files of TLS"
        yield Finding("workers", False, "the scheduler has no workers", f"start some: {start}; jobs wait until there are")
        return
    folder = link.settings.spool_seen_as or link.settings.spool
    answers: Mapping[str, Any] = link.call(partial(_ask_workers, folder=folder))
    yield from _workers(answers, scheduler["workers"])
    yield from _releases(answers)
    yield from _folder(answers, folder)


async def _ask_workers(client: Any, folder: str) -> Any:
    from . import station

    return await client.run(station.about, folder=folder, on_error="return")


def _scheduler(about: Mapping[str, Any]) -> Finding:
    same = about["release"] == __version__
    text = f"the scheduler answers; it has farmfutures {about['release']}"
    return Finding("scheduler", same, text, "" if same else _same())


def _same() -> str:
    return f"here is farmfutures {__version__}: install the same release everywhere, {INSTALL}"


def _workers(answers: Mapping[str, Any], resources: Mapping[str, Mapping[str, float]]) -> Iterator[Finding]:
    silent = {address: error for address, error in answers.items() if isinstance(error, Exception)}
    if silent:
        address, error = next(iter(silent.items()))
        yield Finding(
            "workers", False, f"{len(silent)} of {len(answers)} workers can't run farmfutures, {address} first ({error!r})",
            f"install it where they run, {INSTALL}, and start them anew",
        )  # fmt: skip
        return
    hosts = sorted({about["host"] for about in answers.values()})
    named = sorted({f"{name}={amount:g}" for found in resources.values() for name, amount in found.items()})
    with_resources = f"; resources: {', '.join(named)}" if named else ""
    yield Finding("workers", True, f"{len(answers)} workers on {', '.join(hosts[:5])}{with_resources}")


def _releases(answers: Mapping[str, Any]) -> Iterator[Finding]:
    spoke = {address: about for address, about in answers.items() if not isinstance(about, Exception)}
    others = {address: about["release"] for address, about in spoke.items() if about["release"] != __version__}
    if others:
        address, release = next(iter(others.items()))
        yield Finding("release", False, f"worker {address} has farmfutures {release}", _same())
    pythons = sorted({".".join(map(str, about["python"])) for about in spoke.values() if tuple(about["python"]) != _PYTHON})
    if pythons:
        here = ".".join(map(str, _PYTHON))
        yield Finding("python", True, f"workers have Python {', '.join(pythons)}, here is {here}: that of runners, not of calls")


def _folder(answers: Mapping[str, Any], folder: str) -> Iterator[Finding]:
    spoke = {address: about for address, about in answers.items() if not isinstance(about, Exception)}
    if not folder or not spoke:
        return  # Whoever looks at the spool says that none is set.
    blind = {address: about["host"] for address, about in spoke.items() if not about["seen"]}
    if blind:
        address, host = next(iter(blind.items()))
        yield Finding(
            "folder", False, f"{len(blind)} of {len(spoke)} workers can't read and write {folder}, {address} on {host} first",
            "mount it there, or say with the setting 'spool_seen_as' where workers see it; workers run as the user who owns it",
        )  # fmt: skip
    else:
        yield Finding("folder", True, f"all workers read and write {folder}")
