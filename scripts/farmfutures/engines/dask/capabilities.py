"""What Dask can do for farmfutures, and the job options that only it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...errors import OptionError
from ...job import JobSpec
from ..report import Feature, Report, Support
from . import resources

OPTIONS = {
    "dask_workers": "names or hosts of the workers that may run the job: Dask's `workers`",
    "dask_resources": "a dict of resources and amounts, beside those of requirements: Dask's `resources`",
    "dask_retries": "how often a chunk whose runner failed is started on another worker, 2 by default: Dask's `retries`",
}

REPORT = Report(
    "dask",
    {
        Feature.PRIORITY: Support(True, "Dask's priority; 50, the default, is Dask's 0"),
        Feature.CPUS: Support(True, "so many chunks at once, counted on the scheduler"),
        Feature.ATTEMPTS: Support(True, "by the runner"),
        Feature.TIMEOUT: Support(True, "by the runner"),
        Feature.REQUIREMENTS: Support(True, "resources of workers, 'maya2026=1, license:mtoa=2'"),
        Feature.GROUPS: Support(False, "Dask has no groups of workers; name them with dask_workers, or require a resource"),
        Feature.SECRETS: Support(True, "in the shared folder, in a file that only you can read"),
        Feature.ATTACHED: Support(False, "jobs go on without the process that submitted them"),
        Feature.CHUNK: Support(True, "one task of Dask each; interpreters are kept warm between them"),
        Feature.CANCEL: Support(True, "single items too"),
        Feature.KILL: Support(True, "the interpreter is ended where it runs"),
        Feature.RETRY: Support(True, "single items too"),
        Feature.PAUSE: Support(True, "what runs goes on"),
        Feature.SET_PRIORITY: Support(True, "of what has not begun"),
        Feature.REORDER: Support(True, "within chunks that wait"),
        Feature.MARK_DONE: Support(True, "single items too"),
        Feature.REMOVE: Support(True, "a job that is over"),
        Feature.RESUBMIT: Support(True, "with changes"),
        Feature.LOGS: Support(True, "files in the shared folder"),
        Feature.PROGRESS: Support(True, "by the shared folder"),
        Feature.WORKERS: Support(True, "the runners that are at work"),
        Feature.ATTACH: Support(True, "from any machine that sees the shared folder"),
        Feature.MACHINES: Support(True, "all workers of the cluster"),
    },
    OPTIONS,
)

RETRIES = 2


def priority(spec: int) -> int:
    """Returns Dask's priority: its default and ours mean the same."""
    return spec - 50


def check(spec: JobSpec) -> None:
    """Refuses options of a bad value.

    Raises:
        OptionError: One has.
    """
    resources.parse(spec.requirements)
    for name, value in spec.engine_options.items():
        if name in _CHECKS and not _CHECKS[name](value):
            raise OptionError(f"{name}={value!r}: give {_WANTED[name]}.")


def wanted(spec: JobSpec) -> dict[str, Any]:
    """Returns what of a job's options Dask is told, as keywords of ``Client.map``."""
    options = spec.engine_options
    amounts = {**resources.parse(spec.requirements), **options.get("dask_resources", {})}
    workers = options.get("dask_workers")
    return {
        "priority": priority(spec.priority), "retries": options.get("dask_retries", RETRIES), "resources": amounts or None,
        "workers": [workers] if isinstance(workers, str) else workers and list(workers),
    }  # fmt: skip


def _is_names(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, (list, tuple)) and all(isinstance(name, str) for name in value))


def _is_amounts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and isinstance(amount, (int, float)) and not isinstance(amount, bool) and amount > 0
        for name, amount in value.items()
    )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "dask_workers": _is_names, "dask_resources": _is_amounts, "dask_retries": _is_count,
}  # fmt: skip
_WANTED = {
    "dask_workers": "a name, or a list of names", "dask_resources": "a dict of names and amounts, {'maya2026': 1}",
    "dask_retries": "a whole number, 0 or more",
}  # fmt: skip
