"""Slurm's commands: with which environment they run, how long they may take, and what their complaints mean."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...errors import EngineUnavailableError

NEEDED = ("sbatch", "squeue", "scancel", "scontrol", "sinfo")
ANSWER_S = 60.0
"""A command that has not ended by then is taken for one that can't reach its controller. Slurm's own limit for a message is
10 s by default, and it may ask a second controller."""

_KEPT = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ",
    "SLURM_CONF", "SLURM_CLUSTERS", "SLURM_JWT", "SLURM_CONF_SERVER", "MUNGE_SOCKET",
    "SBATCH_ACCOUNT", "SBATCH_PARTITION", "SBATCH_QOS", "SBATCH_RESERVATION", "SBATCH_TIMELIMIT",
)  # fmt: skip
"""What commands are given of our environment. Jobs inherit it: nothing else of an artist's session is to travel. And a Maya's
own LD_LIBRARY_PATH would have them load its libraries; an outer job's SLURM_* would be taken for wishes of ours."""

_UNREACHABLE = re.compile(
    r"unable to contact slurm controller|connect failure|socket timed out|zero bytes|unexpected message received"
    r"|authentication error|munge encode failed|communication (?:connection|shutdown)|temporarily unable"
    r"|unable to process configuration|could not establish a configuration|failed to fetch config|in standby mode"
    r"|resource temporarily unavailable|insane message length|incompatible versions",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^\w+: (?:error|fatal): ")


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended: what it printed, and what it complained of, line by line."""

    code: int
    text: str
    complaints: tuple[str, ...]

    @property
    def complaint(self) -> str:
        """Its last complaint, which is the one about the whole, without the command's name before it."""
        return _PREFIX.sub("", self.complaints[-1]) if self.complaints else f"it ended with {self.code} and said nothing"


def environ(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns what commands run with.

    Args:
        given: Instead of ``os.environ``.
    """
    given = os.environ if given is None else given
    # Of tasks that wait, squeue otherwise shows the first few.
    return {**{name: given[name] for name in _KEPT if name in given}, "SLURM_BITSTR_LEN": "0"}


def missing() -> list[str]:
    """Returns which of the commands are not on PATH."""
    return [name for name in NEEDED if shutil.which(name) is None]


def run(command: Sequence[str], given: str | None = None) -> Answer:
    """Runs a command; that it refuses is an answer, too.

    Args:
        command: Program and arguments; no shell reads them.
        given: What it reads on standard input.

    Raises:
        EngineUnavailableError: The command is not there, or can't reach the controller.
    """
    try:
        done = subprocess.run(
            command, input=given or "", env=environ(), capture_output=True, encoding="utf-8", errors="replace",
            timeout=ANSWER_S, check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise EngineUnavailableError(_no_command(command[0])) from error
    except subprocess.TimeoutExpired as error:
        raise EngineUnavailableError(f"{_no_answer(command[0])} in {ANSWER_S:g} s; ask: scontrol ping") from error
    answer = Answer(done.returncode, done.stdout, tuple(line for line in done.stderr.splitlines() if line.strip()))
    if answer.code and _UNREACHABLE.search(done.stderr):
        raise EngineUnavailableError(f"{_no_answer(command[0])}: {why_unreachable(answer.complaints)}")
    return answer


def _no_command(name: str) -> str:
    return (
        f"there is no command {name!r} on PATH: jobs are handed to Slurm from machines that have its commands (on Debian and "
        "Ubuntu: apt-get install slurm-client), set up for your cluster."
    )


def _no_answer(name: str) -> str:
    return f"Slurm did not answer {name}"


def why_unreachable(complaints: Sequence[str]) -> str:
    """Returns the cause among complaints, and the next step where we know one."""
    text = "\n".join(complaints)
    cause = next((_PREFIX.sub("", line) for line in complaints if _UNREACHABLE.search(line)), text)
    if re.search("munge", text, re.IGNORECASE):
        return f"{cause}. The service 'munge', by which Slurm knows its users, is not running here, or has another key."
    if re.search("configuration|config", text, re.IGNORECASE):
        return f"{cause}. This machine does not know its cluster: set SLURM_CONF, or have slurm.conf where Slurm looks for it."
    return f"{cause}. Its controller, slurmctld, is down or can't be reached from here; ask: scontrol ping"


def fields(answer: Answer) -> dict[str, str]:
    """Returns the settings in an answer of ``scontrol show config``."""
    pairs = (line.partition("=") for line in answer.text.splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}
