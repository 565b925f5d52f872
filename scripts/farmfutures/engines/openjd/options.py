"""Options that only this engine has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import OptionError
from ...settings import Settings

TARGETS = ("here", "bundle", "deadline")

DESCRIBED = {
    "openjd_target": "who runs the bundle: here (this machine), bundle (it is only written), deadline (AWS Deadline Cloud)",
    "openjd_bundle": "the folder that the bundle is written to; nobody runs it but you",
    "openjd_fail": "True: a task fails when one of its items does; tasks behind it then need a new session",
    "openjd_farm": "the id of the farm of AWS Deadline Cloud, else the one that 'deadline config' has",
    "openjd_queue": "the id of its queue, else the one that 'deadline config' has",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a job has chosen."""

    target: str
    bundle: str
    fail: bool
    farm: str
    queue: str


def chosen(given: Mapping[str, Any], settings: Settings) -> Chosen:
    """Reads a job's options.

    Raises:
        OptionError: One has a bad value.
    """
    for name in given:
        kind, what = (bool, "True or False") if name == "openjd_fail" else (str, "a str")
        if name in DESCRIBED and not isinstance(given[name], kind):
            raise OptionError(f"{name}={given[name]!r}: give {what}.")
    folder = str(given.get("openjd_bundle", ""))
    target = str(given.get("openjd_target") or ("bundle" if folder else settings.openjd_target))
    if target not in TARGETS:
        raise OptionError(f"openjd_target={target!r} is not one of {', '.join(TARGETS)}.")
    if folder and target != "bundle":
        raise OptionError(
            f"openjd_bundle={folder!r} is for openjd_target='bundle', and this job has {target!r}: give one of them."
        )
    fail = bool(given.get("openjd_fail", target != "here"))
    return Chosen(target, folder, fail, str(given.get("openjd_farm", "")), str(given.get("openjd_queue", "")))
