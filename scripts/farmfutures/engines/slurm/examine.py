"""Whether Slurm can be used from here, each finding with what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...errors import EngineUnavailableError
from ..spool.launcher import Finding
from . import commands

_ADVICE = {
    "invalid partition": "'sinfo' lists partitions; name one by slurm_partition or groups",
    "partition not available|inactive or drain": "the partition is closed now: ask who runs the cluster, or name another one",
    "group not permitted|user.*not permitted|permission denied": "your user may not do that: ask who runs the cluster",
    "invalid account|invalid qos": "'sacctmgr show associations' lists what you may use: name it by slurm_account and slurm_qos",
    "invalid feature": "no node has such features: 'sinfo --format=%f' lists them",
    "invalid license": "'scontrol show licenses' lists what there is, and how many",
    "generic resource": "'sinfo --format=%G' lists what there is",
    "node configuration|memory specification": "no node is so large: 'sinfo --Node --long' lists processors and memory in MB",
    "invalid reservation|reservation is invalid": "'scontrol show reservations' lists what there is",
    "invalid node name": "'sinfo --Node' lists nodes",
    "array specification": "the cluster takes no job arrays of that size; ask who runs it for MaxArraySize",
    "maxsubmit|submit limit|job violates": "you have as many jobs as the cluster grants you: wait, or give a larger chunk",
}


def advised(complaint: str) -> str:
    """Returns a complaint of Slurm's with the next step, where we know one."""
    found = next((text for pattern, text in _ADVICE.items() if re.search(pattern, complaint, re.IGNORECASE)), "")
    return f"{complaint}. {found[0].upper() + found[1:] if found[0] != chr(39) else found}." if found else f"{complaint}."


def examine() -> Iterator[Finding]:
    """Yields what was found, up to what all that follows would need."""
    lost = commands.missing()
    if lost:
        help_ = "install Slurm's commands (on Debian and Ubuntu: apt-get install slurm-client), and slurm.conf of your cluster"
        yield Finding("commands", False, f"not on PATH: {', '.join(lost)}", help_)
        return
    try:
        yield _commands()
        yield _controller()
        yield _partitions()
        yield _permission()
    except EngineUnavailableError as error:
        yield Finding("controller", False, str(error), "mend that, then look again")


def _commands() -> Finding:
    return Finding("commands", True, commands.run(["sinfo", "--version"]).text.strip())


def _controller() -> Finding:
    answer = commands.run(["scontrol", "show", "config"])
    found = commands.fields(answer)
    if "ClusterName" not in found:
        return Finding("controller", False, answer.complaint, "ask: scontrol ping")
    text = f"cluster {found['ClusterName']!r}, Slurm {found.get('SLURM_VERSION', 'of unknown version')}"
    return Finding("controller", True, text)


def _partitions() -> Finding:
    lines = [line.split("|") for line in commands.run(["sinfo", "--noheader", "--format=%R|%a|%D|%T"]).text.splitlines()]
    usable = [line for line in lines if len(line) == 4 and line[1] == "up" and not re.match(r"down|drain|fail|err|unk", line[3])]
    if not usable:
        return Finding("nodes", False, "no node of any partition can be used now", "ask: sinfo --list-reasons")
    counts = {name: sum(int(line[2]) for line in usable if line[0] == name) for name in dict.fromkeys(line[0] for line in usable)}
    return Finding("nodes", True, ", ".join(f"{count} in {name}" for name, count in counts.items()))


def _permission() -> Finding:
    answer = commands.run(["sbatch", "--test-only", "--export=NONE"], "#!/bin/sh\n")
    if answer.code:
        complaint = answer.complaint.removeprefix("allocation failure: ")
        return Finding("permission", False, f"Slurm would refuse a job of yours: {advised(complaint)}", "name what you may use")
    return Finding("permission", True, "Slurm would take a job of yours")
