"""Jobs that are over go in time, with all that lies in their folders."""

from __future__ import annotations

import logging
import os
import shutil
import time
from typing import TYPE_CHECKING

from ...errors import FarmFuturesError
from ...spool.layout import Spool

if TYPE_CHECKING:
    from .engine import SpoolEngine

log = logging.getLogger("farmfutures.spool")

AFTER_S = 60.0
"""Who waits for less than so long has no time to look for old jobs."""

_DAY_S = 86400.0


def remove(spool: Spool, number: int) -> None:
    """Removes the folder of a job. Its number is never given again.

    Raises:
        OSError: It can't be removed.
    """
    root = spool.job(number).root
    aside = root.with_name(f".{number}.removed")
    os.rename(root, aside)  # In one step: nobody finds half of a job.
    if number > max(spool.numbers(), default=0):
        root.mkdir(mode=0o700)  # So that the next job does not get its number.
    shutil.rmtree(aside, ignore_errors=True)


def sweep(engine: SpoolEngine) -> None:
    """Removes jobs that ended longer ago than the setting ``history_days`` says.

    How old something is, is told by our clock and the file server's: for days they are near enough.

    Raises:
        OSError: The folder can't be read.
    """
    days = engine.settings.history_days
    for number in sorted(engine.spool.numbers()) if days else ():
        try:
            age_s = time.time() - os.stat(engine.spool.job(number).root).st_mtime
            if age_s > days * _DAY_S:
                _remove_old(engine, number)
        except (FarmFuturesError, FileNotFoundError) as error:
            log.debug("job %d stays: %s", number, error)


def _remove_old(engine: SpoolEngine, number: int) -> None:
    if not engine.spool.job(number).package.exists():  # Its client died before it was one; or it is what keeps the last number.
        remove(engine.spool, number)
        return
    job = engine.job(number)
    job.view.refresh()
    if not job.view.left and not job.futures:
        engine.remove(job)
