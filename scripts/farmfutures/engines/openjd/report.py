"""What comes of what users ask for, when it goes by Open Job Description."""

from __future__ import annotations

import dataclasses

from ..report import Feature, Report, Support
from . import options

HERE, BUNDLE, DEADLINE = "here", "bundle", "deadline"

REPORT = Report(
    "openjd",
    {
        Feature.PRIORITY: Support(False, "each job has a process of its own, and none waits for another"),
        Feature.CPUS: Support(True, "so many sessions at once"),
        Feature.ATTEMPTS: Support(True, "another interpreter in the same session"),
        Feature.REQUIREMENTS: Support(
            False, "sessions run on this machine, whatever it has, while the setting openjd_target is 'here'"
        ),
        Feature.GROUPS: Support(False, "there are none: queues of a farm are named by options of its own"),
        Feature.CHUNK: Support(True, "one task: so many items, in the session's interpreter"),
        Feature.CANCEL: Support(True, "chunks that have not started; single items before their turn"),
        Feature.RETRY: Support(True, "in new sessions"),
        Feature.PAUSE: Support(True, "no further task starts; tasks that run start no further item"),
        Feature.SET_PRIORITY: Support(False, "each job has a process of its own, and none waits for another"),
        Feature.PROGRESS: Support(True, "through the job's folder, and as the session's progress"),
        Feature.WORKERS: Support(True, "tasks that run, and where"),
        Feature.ATTACH: Support(True, "from every process that sees the job's folder"),
        Feature.MACHINES: Support(False, "sessions run on this machine; by openjd_target elsewhere"),
    },
    options.DESCRIBED,
)


def report(target: str) -> Report:
    """Returns what can be done with jobs of a target."""
    if target == HERE:
        return REPORT
    elsewhere = {
        Feature.REQUIREMENTS: Support(True, "hostRequirements: 'amount.worker.vcpu >= 8, attr.worker.os.family = linux'"),
        Feature.MACHINES: Support(True, "those of whoever runs the bundle"),
    }
    if target == DEADLINE:
        elsewhere[Feature.PRIORITY] = Support(True, "the job's priority, from 0 to 100")
        elsewhere[Feature.SET_PRIORITY] = Support(True, "the job's priority, from 0 to 100")
    return dataclasses.replace(REPORT, features={**REPORT.features, **elsewhere})
