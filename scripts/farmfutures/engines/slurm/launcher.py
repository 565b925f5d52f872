"""Starts command lines as job arrays of Slurm, and tells how they stand. It needs Slurm's commands, and nothing else."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Collection, Iterator
from pathlib import Path, PurePath, PurePosixPath

from ...errors import EngineUnavailableError, OptionError, RefusedError
from ...job import JobSpec
from ...settings import Settings
from ..report import Report
from ..spool.launcher import ChunkState, Finding, Order, Stand
from . import commands, examine, look, options, output
from .handles import Array, Handle, Part
from .look import Watch
from .report import REPORT
from .script import parts, script

_NOTHING_LEFT = re.compile(r"no error|already (?:finished|complete)|invalid job id|job/step already completing", re.IGNORECASE)


class SlurmLauncher:
    """See `spool.launcher.Launcher` for what each method promises.

    Args:
        settings: Of this process.
    """

    name = "slurm"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._config: dict[str, str] = {}
        self._watching: Watch | None = None

    def report(self) -> Report:
        """What it can do; asks nobody."""
        return REPORT

    def check(self, spec: JobSpec) -> None:
        """Refuses options that Slurm does not have, or that would break what we promise."""
        options.arguments(spec)

    def examine(self) -> list[Finding]:
        """Looks at the commands, the controller, its partitions, and whether we may submit."""
        return list(examine.examine())

    # --- starting

    def launch(self, order: Order) -> str:
        """Submits a job array, or several where Slurm allows none so large.

        Raises:
            EngineUnavailableError: Slurm can't be reached; nothing was started.
            RefusedError: It refuses, in its own words.
        """
        config = self._cluster()
        wanted = options.arguments(order.spec)
        (Path(order.folder) / output.FOLDER).mkdir(mode=0o700, exist_ok=True)
        arrays: list[Array] = []
        try:
            for chunks in parts(order.commands, max(1, int(config.get("MaxArraySize", 1001)) - 1)):
                arrays.append(self._submit(order, chunks, wanted, arrays))
        except BaseException:
            self._take_back(config["ClusterName"], arrays)
            raise
        handle = Handle(config["ClusterName"], tuple(arrays))
        self._watch().note(str(handle), handle)
        return str(handle)

    def _submit(self, order: Order, chunks: range, wanted: list[str], before: list[Array]) -> Array:
        part = Part(order.token, chunks.start, len(chunks), len(order.commands))
        command = [
            "sbatch", "--parsable", "--requeue", "--ntasks=1", "--nodes=1", "--export=ALL", "--open-mode=append",
            f"--array=0-{len(chunks) - 1}{f'%{order.spec.cpus}' if order.spec.cpus else ''}",
            f"--job-name={part.name(order.name)}",
            f"--chdir={self._seen(order.folder)}",
            f"--output={_plain(self._seen(order.folder))}/{output.FOLDER}/{output.PATTERN}",
            *(["--hold"] if order.held else []),
            *_depending(wanted, before[-1].job if before and order.spec.cpus else None),
        ]  # fmt: skip
        answer = commands.run(command, script(order.commands[chunks.start : chunks.stop], order.env))
        number = answer.text.strip().partition(";")[0]
        if answer.code or not number.isdigit():
            raise RefusedError(f"Slurm refuses the job: {examine.advised(answer.complaint)}")
        return Array(int(number), chunks.start, len(chunks))

    def _take_back(self, cluster: str, arrays: list[Array]) -> None:
        """Cancels the first arrays of an order whose later ones could not be submitted."""
        if arrays:
            try:
                self.cancel(str(Handle(cluster, tuple(arrays))), None, running=True)
            except EngineUnavailableError:
                pass  # What went wrong first is what counts; `find` takes no part of an order for the whole.

    def _seen(self, folder: str) -> str:
        """A folder as nodes see it, which have POSIX paths whatever this machine has."""
        theirs = self.settings.spool_seen_as
        if not theirs:
            return folder
        return (PurePosixPath(theirs) / PurePath(os.path.relpath(folder, self.settings.spool)).as_posix()).as_posix()

    def _our(self, path: str) -> str:
        """A path of nodes as this machine sees it."""
        theirs = self.settings.spool_seen_as
        if not theirs or not PurePosixPath(path).is_relative_to(theirs):
            return path
        return str(Path(self.settings.spool, PurePosixPath(path).relative_to(theirs)))

    def _cluster(self) -> dict[str, str]:
        """Slurm's settings, asked for once."""
        with self._lock:
            if not self._config:
                answer = commands.run(["scontrol", "show", "config"])
                found = commands.fields(answer)
                if "ClusterName" not in found:
                    raise EngineUnavailableError(f"Slurm did not tell its settings: {answer.complaint}")
                self._config = found
            return self._config

    def _accounting(self) -> bool:
        """Whether there is a database that remembers what the controller has forgotten."""
        return "slurmdbd" in self._cluster().get("AccountingStorageType", "")

    # --- looking

    def _watch(self) -> Watch:
        keep_s, accounting = self._cluster().get("MinJobAge", "300").partition(" ")[0], self._accounting()
        with self._lock:
            said = output.Output(self._our)
            self._watching = self._watching or Watch(float(keep_s), accounting=accounting, output=said)
            return self._watching

    def find(self, token: str) -> str | None:
        """Returns the handle of an order by the token in its name; of one that was submitted in part it cancels that part."""
        found = look.named(token, accounting=self._accounting())
        # Of a part that was submitted twice, since the rest of its order could not be, the later one counts.
        arrays = {part.first: Array(job, part.first, part.count) for job, part in sorted(found.items())}
        if not arrays:
            return None
        handle = Handle(self._cluster()["ClusterName"], tuple(array for _, array in sorted(arrays.items())))
        if handle.count < next(iter(found.values())).total:
            self.cancel(str(handle), None, running=True)
            return None
        return str(handle)

    def look(self, handles: Collection[str]) -> dict[str, dict[int, Stand]]:
        """Returns how chunks stand. What Slurm has forgotten is over; what belongs to another cluster is left out."""
        cluster = self._cluster()["ClusterName"]
        parsed = {text: Handle.parse(text) for text in handles}
        ours = {text: handle for text, handle in parsed.items() if handle.cluster == cluster}
        return self._watch().stands(ours) if ours else {}

    # --- steering

    def cancel(self, handle: str, chunks: Collection[int] | None, *, running: bool) -> None:
        """Takes chunks away. Those that run get SIGTERM, and what is left of them SIGKILL after Slurm's KillWait."""
        if not running:
            # Not by `scancel --state=PENDING`: of an array whose tasks wait, it takes all, whichever were named.
            stands = self.look([handle]).get(handle, {})
            waiting = {chunk for chunk, stand in stands.items() if stand.state is ChunkState.WAITING}
            chunks = waiting if chunks is None else waiting & set(chunks)
        for task in self._ours(handle).tasks(chunks):
            self._order(["scancel", "--quiet", task])

    def hold(self, handle: str, held: bool) -> None:
        """Keeps tasks from starting, or lets them; by a user's hold, which its user may release."""
        for task in self._ours(handle).tasks(None):
            self._order(["scontrol", "uhold" if held else "release", task])

    def set_priority(self, handle: str, priority: int) -> None:
        """Moves what waits."""
        for task in self._ours(handle).tasks(None):
            self._order(["scontrol", "update", f"JobId={task}", f"Nice={options.nice(priority)}"])

    def _ours(self, text: str) -> Handle:
        handle, cluster = Handle.parse(text), self._cluster()["ClusterName"]
        if handle.cluster != cluster:
            raise EngineUnavailableError(
                f"the job is on the cluster {handle.cluster!r}, and commands here ask {cluster!r}: set SLURM_CONF to the first."
            )
        return handle

    def _order(self, command: list[str]) -> None:
        answer = commands.run(command)
        if answer.code and not all(map(_NOTHING_LEFT.search, answer.complaints)):
            raise RefusedError(f"Slurm refuses '{' '.join(command)}': {answer.complaint}")

    def url(self, handle: str) -> str | None:
        """Slurm has no page of its own."""
        return None

    def close(self) -> None:
        """There is nothing to let go of."""


def _plain(path: str) -> str:
    """A folder in the pattern of a file name, where % and backslash mean something."""
    if "\\" in path:
        raise OptionError(f"the shared folder {path!r} has a backslash in its name, which Slurm can't write to: use another one.")
    return path.replace("%", "%%")


def _depending(wanted: list[str], before: int | None) -> Iterator[str]:
    """Yields the arguments, with what a job waits for: others, and of a limited order its array before."""
    flag = "--dependency="
    given = [word.removeprefix(flag) for word in wanted if word.startswith(flag)]
    if before is not None and any("?" in each for each in given):
        raise RefusedError(
            "slurm_dependency with '?', cpus, and more chunks than Slurm allows in an array don't go together: leave one of them "
            "out, or give a larger chunk."
        )
    needed = [*given, *([f"afterany:{before}"] if before is not None else [])]
    yield from (word for word in wanted if not word.startswith(flag))
    if needed:
        # Otherwise what can never start would wait for ever, and its futures with it.
        yield from (flag + ",".join(needed), "--kill-on-invalid-dep=yes")
