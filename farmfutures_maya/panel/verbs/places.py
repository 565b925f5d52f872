"""Where an item's log and files are. Runs on threads of the feed; no Qt in here."""

from __future__ import annotations

import os
from collections.abc import Sequence

from farmfutures import Farm, State

from ..result.images import images
from .targets import Target, survey

MOST_PATHS = 1000


def log_paths(targets: Sequence[Target], farm: Farm) -> list[str]:
    """Returns the logs of items."""
    found: list[str] = []
    for target in targets:
        works = range(target.job.total) if target.works is None else target.works
        for work in works[: MOST_PATHS - len(found)]:
            path = farm.item(target.job.id, work).log_path
            if path:
                found.append(path)
    return found


def output_folder(targets: Sequence[Target], farm: Farm) -> str:
    """Returns the folder that the first item with an image wrote it to; else the one where the job ran."""
    for target in survey(farm, targets[:1]):
        for work in target.among([State.COMPLETE])[:20]:
            folder = _folder(target.job.id, work, farm)
            if folder:
                return folder
        return str(farm.spec(target.job.id).get("launch", {}).get("cwd") or "")
    return ""


def _folder(job: int, work: int, farm: Farm) -> str:
    item, cwd = farm.item(job, work), farm.spec(job).get("launch", {}).get("cwd")
    try:
        value = farm.outcome(job, work)
    except Exception:  # What it is made of is not here; what was printed may say enough.
        value = None
    paths = images(value, item, cwd)
    return os.path.dirname(paths[0]) if paths else ""
