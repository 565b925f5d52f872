"""What an engine can do, as data: the matrix of ``farmfutures engines``, and what is refused at submit."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._public import public


@public
class Feature(enum.StrEnum):
    """Something that a user may ask of an engine."""

    # Options of a job.
    PRIORITY = "priority"
    CPUS = "cpus"
    ATTEMPTS = "attempts"
    TIMEOUT = "timeout_s"
    REQUIREMENTS = "requirements"
    GROUPS = "groups"
    SECRETS = "secret_env"
    ATTACHED = "detached=False"
    CHUNK = "chunk"
    # Verbs.
    CANCEL = "cancel"
    KILL = "kill"
    RETRY = "retry"
    PAUSE = "pause"
    SET_PRIORITY = "set_priority"
    REORDER = "reorder"
    MARK_DONE = "mark_done"
    REMOVE = "remove"
    RESUBMIT = "resubmit"
    # What it tells, and what it outlives.
    LOGS = "log while it runs"
    PROGRESS = "progress"
    WORKERS = "workers"
    ATTACH = "attach"
    MACHINES = "more than one machine"


_ALL = tuple(Feature)
_VERBS, _TELLS = _ALL.index(Feature.CANCEL), _ALL.index(Feature.LOGS)

KINDS: Mapping[str, tuple[Feature, ...]] = {
    "options of a job": _ALL[:_VERBS],
    "steering": _ALL[_VERBS:_TELLS],
    "what it tells and outlives": _ALL[_TELLS:],
}
"""Features as a matrix groups them."""


@public
@dataclass(frozen=True, slots=True)
class Support:
    """Whether an engine can do something, and how, or why not, in a sentence that needs no full stop."""

    can: bool
    how: str = ""


@public
@dataclass(frozen=True, slots=True)
class Report:
    """What an engine can do.

    Attributes:
        engine: Its name.
        features: Every `Feature`, with what the engine makes of it.
        options: Names of the job options that only this engine has, ``"slurm_partition"`` say, and what each becomes.
    """

    engine: str
    features: Mapping[Feature, Support]
    options: Mapping[str, str] = field(default_factory=dict)

    def supports(self, feature: Feature | str) -> bool:
        """Whether the engine can do it; a feature that it says nothing of, it can't."""
        return self.get(Feature(feature)).can

    def get(self, feature: Feature) -> Support:
        """Returns whether the engine can do it, and how."""
        return self.features.get(feature, Support(False, "the engine says nothing of it"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `farmfutures engines check` looked at: what, whether it is well, and the sentence that says so."""

    what: str
    well: bool
    text: str
    help: str = field(default="")
