"""Job options that only this engine has: each becomes the option of ``sbatch`` of the same name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import OptionError, RefusedError
from ...job import JobSpec
from . import requirements

PREFIX = "slurm_"
NICE_OF_0, MOST_NICE = 100, 2_147_483_645
"""Priority 0 is so nice, 100 and above not at all. Slurm grants privileged users alone what would be better than that."""

Check = Callable[[Any], str | None]
"""Returns how sbatch wants a value, None where it is none."""


def _matching(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Check:
    compiled = re.compile(pattern, flags)

    def check(value: Any) -> str | None:
        text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
        return text if compiled.fullmatch(text) else None

    return check


def _listed(check: Check) -> Check:
    """A text, or several in a list."""

    def check_all(value: Any) -> str | None:
        found = [check(each) for each in (value if isinstance(value, (list, tuple)) else (value,))]
        return ",".join(each for each in found if each is not None) if found and None not in found else None

    return check_all


def _flag(value: Any) -> str | None:
    return "" if value is True else None


_WORD = _matching(r"[^\s-][^\s]*")
_LIST = _listed(_WORD)
_LINE = _matching(r"[^\x00-\x1f\x7f]+")
_SIZE = _matching(r"\d+[KMGT]?")
_COUNT = _matching(r"[1-9]\d*")
_TIME = _matching(r"\d+|\d+:\d+(:\d+)?|\d+-\d+(:\d+){0,2}|UNLIMITED|INFINITE", re.IGNORECASE)
_MOMENT = _matching(r"[\w:.+/-]+")
_DEPENDENCY = _matching(r"(after|afterany|aftercorr|afternotok|afterok|afterburstbuffer|singleton)[\w:+,?-]*")
_SIGNAL = _matching(r"([BR]+:)?\w+(@\d+)?")


@dataclass(frozen=True, slots=True)
class Option:
    """One of them: what a value may be, for code and for people."""

    check: Check
    what: str
    example: str


TABLE: Mapping[str, Option] = {
    "partition": Option(_LIST, "the partition, or several of which the first that is free is taken", "farm"),
    "account": Option(_WORD, "whose account is charged", "shows"),
    "qos": Option(_WORD, "quality of service", "high"),
    "reservation": Option(_LIST, "run within a reservation", "dailies"),
    "time": Option(_TIME, "time limit of one chunk: minutes, h:m:s or d-h", "4:00:00"),
    "mem": Option(_SIZE, "memory of one chunk, in MB or with K, M, G, T", "8G"),
    "mem_per_cpu": Option(_SIZE, "memory for each processor", "4G"),
    "cpus_per_task": Option(_COUNT, "processors of one chunk; the option cpus is how many chunks run at once", "8"),
    "tmp": Option(_SIZE, "room on the node's disk", "20G"),
    "constraint": Option(_LINE, "features of nodes, beside those of requirements", "maya2026"),
    "licenses": Option(_LIST, "licences, beside those of requirements", "mtoa:2"),
    "gres": Option(_LIST, "generic resources, beside those of requirements", "gpu:1"),
    "gpus": Option(_WORD, "graphics cards", "1"),
    "exclude": Option(_LIST, "nodes that are not to be used", "n[7-9]"),
    "nodelist": Option(_LIST, "nodes that are to be used", "n1"),
    "exclusive": Option(_flag, "True: nothing else on the node meanwhile", "True"),
    "dependency": Option(_DEPENDENCY, "start after other jobs of Slurm; if that can't be, the job is cancelled", "afterok:123"),
    "begin": Option(_MOMENT, "do not start before", "20:00"),
    "deadline": Option(_MOMENT, "take the job away if it can't end before", "2026-12-24"),
    "nice": Option(_matching(r"\d+"), "instead of what priority becomes", "1000"),
    "comment": Option(_LINE, "a remark, shown by scontrol", "dailies"),
    "wckey": Option(_WORD, "workload characterization key", "lighting"),
    "mail_type": Option(_LIST, "when Slurm sends mail", "END"),
    "mail_user": Option(_WORD, "who gets it", "me@studio.example"),
    "signal": Option(_SIGNAL, "a warning before the time limit; B:TERM@120 has items end that run, and none start", "B:TERM@120"),
}  # fmt: skip

_OURS = "farmfutures sets it itself"
REFUSED: Mapping[str, str] = {
    "array": f"{_OURS}: a task for each chunk of work items; the job option chunk says how many items go into one",
    "job_name": f"{_OURS}: give the job option name",
    "output": f"{_OURS}: what items print is in their logs",
    "error": f"{_OURS}: what items print is in their logs",
    "export": f"{_OURS}: give the job option env",
    "chdir": f"{_OURS}: give the job option cwd",
    "hold": "pause the job instead",
    "wait": "futures wait",
    "requeue": f"{_OURS}: what was lost with its node runs again",
    "no_requeue": f"{_OURS}: what was lost with its node runs again",
    "nodes": "a chunk of work items runs on one node",
    "ntasks": "a chunk of work items is one task; the job option cpus is how many run at once",
    "clusters": "numbers of jobs mean nothing elsewhere; set SLURM_CLUSTERS or SLURM_CONF before the first job instead",
    "test_only": "use 'farmfutures engines check slurm'",
    "uid": "jobs run as you",
    "gid": "jobs run as you",
    "wrap": "give a call",
}


def described() -> dict[str, str]:
    """Returns the names that users write, and what each becomes; those that are refused, too, so that they get the reason."""
    taken = {f"{PREFIX}{name}": f"--{_dashed(name)}: {option.what}, such as {option.example!r}" for name, option in TABLE.items()}
    return taken | {f"{PREFIX}{name}": f"refused: {reason}" for name, reason in REFUSED.items()}


def arguments(spec: JobSpec) -> list[str]:
    """Returns what a job asks for, as arguments of sbatch.

    Raises:
        OptionError: A value is bad, or two options contradict each other.
        RefusedError: An option would break what we promise.
    """
    given = dict(_checked(spec.engine_options))
    needs = requirements.parse(spec.requirements)
    if spec.groups:
        if "partition" in given:
            raise OptionError("groups and slurm_partition both name partitions: give one of the two.")
        given["partition"] = ",".join(_group(name) for name in spec.groups)
    if either := [each for each in (needs.constraint, given.get("constraint", "")) if each]:
        given["constraint"] = requirements.joined(either)
    for name, more in (("licenses", needs.licenses), ("gres", needs.gres)):
        if more:
            given[name] = ",".join(filter(None, (more, given.get(name))))
    given.setdefault("nice", str(nice(spec.priority)))
    return [f"--{_dashed(name)}={value}" if value else f"--{_dashed(name)}" for name, value in given.items()]


def _checked(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for full, value in given.items():
        name = full.removeprefix(PREFIX)
        if name in REFUSED:
            raise RefusedError(f"{full}: {REFUSED[name]}.")
        if value is None or value is False:
            continue
        option = TABLE[name]
        text = option.check(value)
        if text is None:
            raise OptionError(f"{full}={value!r}: give {option.what}; for example {full}={option.example!r}.")
        yield name, text


def _group(name: str) -> str:
    if _WORD(name) is None or "," in name:
        raise OptionError(f"groups={name!r}: groups are Slurm's partitions here, and no partition has such a name.")
    return name


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def nice(priority: int) -> int:
    """Returns how far behind Slurm's own priority a job is put: its users may go down, and never up."""
    return min(MOST_NICE, max(0, NICE_OF_0 - priority))
