"""A job's interpreter as it is to be on this machine: paths as they are here, secrets in, and back to the same engine."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from typing import Any

from ..errors import BootstrapError
from ..path_mapping import PathMapping
from ..settings import Settings
from ..spool import orders, package
from ..spool.layout import JobFolder
from ..spool.seal import Seal
from .environ import of_interpreter
from .interpreter import Need

_LIMITS = frozenset(field.name for field in dataclasses.fields(Settings))


def limits_of(job: package.Package) -> Settings:
    """Returns settings with the limits that the client has set for its jobs."""
    return Settings(**{name: value for name, value in job.limits.items() if name in _LIMITS})


def need(folder: JobFolder, seal: Seal, job: package.Package) -> Need:
    """Returns what a job's interpreter must be here.

    Raises:
        BootstrapError: The job's secrets are no longer kept.
        SealError: They are not ours.
    """
    table = PathMapping(job.path_rules)
    launch = mapped(job.spec["launch"], table)
    env = {name: table.variable(name, value, job.platform) for name, value in launch["env"].items()}
    env |= _secrets(folder, seal, launch["secrets"])
    whole = {**of_interpreter(env, None), **back_to(folder, seal)}
    return Need({**launch, "env": {}, "secrets": []}, whole, job.path_rules, limits_of(job))


def mapped(launch: Mapping[str, Any], table: PathMapping) -> dict[str, Any]:
    """Returns a launch whose paths are as they are here. What its bootstrap is given, that maps itself."""
    return {
        **launch, "interpreter": [table.path(part) for part in launch["interpreter"]],
        "sys_path": [table.path(path) for path in launch["sys_path"]],
        "cwd": table.path(launch["cwd"]) if launch["cwd"] else launch["cwd"],
    }  # fmt: skip


def _secrets(folder: JobFolder, seal: Seal, names: list[str]) -> dict[str, str]:
    if not names:
        return {}
    try:
        return package.read_secrets(folder, seal)
    except OSError as error:
        raise BootstrapError(
            f"the values of {', '.join(names)} are no longer kept in {folder.secrets} ({error.strerror}): submit the job again"
        ) from error


def back_to(folder: JobFolder, seal: Seal) -> dict[str, str]:
    """Returns variables by which calls submit to the engine, and the folder, that they came from."""
    shared = os.fspath(folder.user.parent)
    found = {"FARMFUTURES_SPOOL": shared, "FARMFUTURES_SPOOL_SEEN_AS": ""}
    known = orders.read(folder, seal)
    if known:
        found["FARMFUTURES_ENGINE"] = known[-1].engine
    return found
