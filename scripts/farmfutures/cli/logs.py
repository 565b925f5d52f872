"""``farmfutures logs``: what calls printed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import click

import farmfutures

from ..job import ItemInfo
from .farm import open_farm
from .render import note

POLL_S = 0.1
_PAGE = 500


@click.command()
@click.argument("job", type=int)
@click.argument("item", type=int, required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on as it grows, until the call is over.")
@click.option("--path", is_flag=True, help="Print where the file is instead.")
def logs(job: int, item: int | None, follow: bool, path: bool) -> None:
    """Print what the calls of JOB printed, or one ITEM of it.

    Without ITEM all logs come one after another, under a line with the item's number and name.
    """
    farm = open_farm()
    many = item is None and farm.job(job).total > 1
    for info in all_items(farm, job) if item is None else [farm.item(job, item)]:
        if path:
            click.echo(info.log_path or "")
            continue
        if many:
            click.echo(f"==> {info.job_id}/{info.work_id} {info.name} <==")
        copy(farm, info.job_id, info.work_id, click.echo, follow=follow)
    if not path and not many and not follow:
        _explain_silence(farm, job, item or 0)


def all_items(farm: farmfutures.Farm, job: int) -> Iterator[ItemInfo]:
    """Yields every work item of a job, a page at a time."""
    offset = 0
    while page := farm.items(job, limit=_PAGE, offset=offset):
        yield from page
        offset += len(page)


def copy(farm: farmfutures.Farm, job: int, item: int, write: Callable[..., None], *, follow: bool) -> None:
    """Hands an item's log to ``write(text, nl=False)``.

    Args:
        farm: Where the job is.
        job: Its id.
        item: The work item.
        write: As `click.echo`.
        follow: Until the call is over, instead of what there is now.
    """
    offset = 0
    while True:
        # Asked before the text is read: what a call prints last is there when it is over.
        over = not follow or farm.item(job, item).state.done
        text, offset = farm.log(job, item, offset)
        if text:
            write(text, nl=False)
        elif over:
            return
        else:
            time.sleep(POLL_S)


def _explain_silence(farm: farmfutures.Farm, job: int, item: int) -> None:
    info = farm.item(job, item)
    if not farm.log(job, item)[0]:
        note(f"item {item} of job {job} is {info.state.value} and has printed nothing" + ("" if info.state.done else " yet"))
