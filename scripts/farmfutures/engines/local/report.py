"""What the local engine can do."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import RefusedError
from ...job import JobSpec
from ...settings import Settings
from ..report import Feature, Finding, Report, Support

REPORT = Report(
    "local",
    {
        Feature.PRIORITY: Support(True, "interpreters that get free go to the job with the highest"),
        Feature.CPUS: Support(True, "so many interpreters at once, no more than the setting 'slots'"),
        Feature.ATTEMPTS: Support(True, "another interpreter where there is one"),
        Feature.TIMEOUT: Support(True, "the interpreter is killed, and another one started"),
        Feature.REQUIREMENTS: Support(False, "everything runs on this machine"),
        Feature.GROUPS: Support(True, "those of the setting 'groups'; a job that wants another one is refused"),
        Feature.SECRETS: Support(True, "in a file that only you can read, until the job is over"),
        Feature.ATTACHED: Support(True, "the job is cancelled when the process that submitted it has gone"),
        Feature.CHUNK: Support(True, "met by itself: interpreters stay up, and take one item after the other"),
        Feature.CANCEL: Support(True, "what has not started, single items too"),
        Feature.KILL: Support(True, "the interpreter is ended at once"),
        Feature.RETRY: Support(True, "single items too"),
        Feature.PAUSE: Support(True, "what runs goes on"),
        Feature.SET_PRIORITY: Support(True, "counts from the job's next turn on"),
        Feature.REORDER: Support(True, "items that wait; until the broker starts anew"),
        Feature.MARK_DONE: Support(True, "single items too; the result is None"),
        Feature.REMOVE: Support(True, "a job that is over, with its results and logs"),
        Feature.RESUBMIT: Support(True, "single items too, with changes"),
        Feature.LOGS: Support(True, "a file of this machine"),
        Feature.PROGRESS: Support(True, "at once"),
        Feature.WORKERS: Support(True, "interpreters with pid, and what they run"),
        Feature.ATTACH: Support(True, "from any process of yours on this machine"),
        Feature.MACHINES: Support(False, "it is of this machine only"),
    },
)


def check(spec: JobSpec, settings: Settings) -> None:
    """Refuses a job for machines of another group.

    Raises:
        RefusedError: This machine is not in it.
    """
    strange = set(spec.groups) - set(settings.groups)
    if strange:
        raise RefusedError(
            f"this machine is not in group {', '.join(sorted(strange))} (it is in {', '.join(settings.groups)}): leave "
            "groups out, or add it to the setting 'groups'."
        )


def examine(settings: Settings) -> Iterator[Finding]:
    """Looks whether jobs can be handed over; starts nothing."""
    from ...checkup import Verdict, examine_local

    for found in examine_local(settings):
        yield Finding(found.what, found.verdict is not Verdict.WRONG, found.found, found.advice)
