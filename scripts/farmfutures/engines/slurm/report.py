"""What Slurm makes of what users ask for."""

from __future__ import annotations

from ..report import Feature, Report, Support
from . import options

REPORT = Report(
    "slurm",
    {
        Feature.PRIORITY: Support(True, "--nice: 0 is 100 behind Slurm's own priority, 50 is 50, 100 and above nothing"),
        Feature.CPUS: Support(True, "so many chunks at once: --array=...%N"),
        Feature.ATTEMPTS: Support(True, "another interpreter on the same node; another node where the node was lost"),
        Feature.TIMEOUT: Support(True, "the interpreter is killed, and another one started"),
        Feature.REQUIREMENTS: Support(True, "features, licences and generic resources: 'maya2026 & gpu, license:mtoa=2'"),
        Feature.GROUPS: Support(True, "partitions"),
        Feature.SECRETS: Support(True, "in the job's folder, in a file that only you can read, until the job is over"),
        Feature.ATTACHED: Support(False, "Slurm does not know whether the process that submitted a job is still there"),
        Feature.CHUNK: Support(True, "one task of a job array: one interpreter for so many items"),
        Feature.CANCEL: Support(True, "scancel, of single chunks too; single items before their turn"),
        Feature.KILL: Support(True, "the interpreter is ended where it runs, single items too"),
        Feature.RETRY: Support(True, "single items too, in new job arrays"),
        Feature.PAUSE: Support(True, "scontrol hold; chunks that run start no further item"),
        Feature.SET_PRIORITY: Support(True, "for what waits"),
        Feature.REORDER: Support(True, "within chunks that wait"),
        Feature.MARK_DONE: Support(True, "single items too"),
        Feature.REMOVE: Support(True, "a job that is over"),
        Feature.RESUBMIT: Support(True, "with changes"),
        Feature.LOGS: Support(True, "in the job's folder"),
        Feature.PROGRESS: Support(True, "through the job's folder"),
        Feature.WORKERS: Support(True, "chunks that run, and on which node"),
        Feature.ATTACH: Support(True, "from every machine that sees the shared folder"),
        Feature.MACHINES: Support(True, "the nodes of the cluster"),
    },
    options.described(),
)
