"""What all engines can do whose jobs lie in a shared folder; a launcher's report says the rest, or otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from ..report import Feature, Report, Support

SHARED: Mapping[Feature, Support] = {
    Feature.ATTEMPTS: Support(True, "another interpreter at the same place"),
    Feature.TIMEOUT: Support(True, "the interpreter is killed, and another one started"),
    Feature.SECRETS: Support(True, "in the job's folder, in a file that only you can read, until the job is over"),
    Feature.ATTACHED: Support(False, "nobody on a farm watches whether the process that submitted a job lives"),
    Feature.CANCEL: Support(True, "what has not started, single items too"),
    Feature.KILL: Support(True, "single items too, when their runner looks into the job's folder"),
    Feature.RETRY: Support(True, "single items too, in chunks of their own"),
    Feature.REORDER: Support(True, "items that wait, within their chunks"),
    Feature.MARK_DONE: Support(True, "single items too; the result is None"),
    Feature.REMOVE: Support(True, "a job that is over, with its results and logs"),
    Feature.RESUBMIT: Support(True, "single items too, with changes"),
    Feature.LOGS: Support(True, "in the job's folder"),
    Feature.PROGRESS: Support(True, "through the job's folder"),
    Feature.WORKERS: Support(True, "chunks that run, and where"),
    Feature.ATTACH: Support(True, "from every machine that sees the shared folder"),
}


def whole(report: Report) -> Report:
    """Returns a launcher's report with what all of them have in common."""
    return dataclasses.replace(report, features={**SHARED, **report.features})
