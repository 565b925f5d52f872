"""What Slurm prints, as recorded from clusters of 22.05.8 and 26.05.3, and states that these did not show."""

from __future__ import annotations

import pytest

from farmfutures.engines.slurm.states import names, numbers, rows, sacct_rows, stand
from farmfutures.engines.spool.launcher import ChunkState, Stand

SQUEUE = """\
11|N/A|CANCELLED||JobArrayTaskLimit
11|2|CANCELLED|n2|None
11|0|COMPLETED|n1|None
11|1|FAILED|n1|NonZeroExitCode
11|3|RUNNING|n2|JobHeldUser
18|6-9,12%4|PENDING||JobArrayTaskLimit
slurm_load_jobs error: Unable to contact slurm controller (connect failure)
23||RUNNING|n1|None
"""

SACCT = """\
11_0|COMPLETED|n1|None
11_1|CANCELLED by 1000|n1|None
11_2|NODE_FAIL|n2|None
11_6|COMPLETED|n1|JobArrayTaskLimit
11_[3-5,7%4]|PENDING|None assigned|Resources
12|CANCELLED by 0|None assigned|None
"""


def test_lines_of_squeue() -> None:
    found = list(rows(SQUEUE))
    assert [(row.job, row.tasks, row.stand) for row in found] == [
        (11, None, Stand(ChunkState.CANCELLED, "JobArrayTaskLimit")),
        (11, (2,), Stand(ChunkState.CANCELLED, "", "n2")),
        (11, (0,), Stand(ChunkState.OVER, "", "n1")),
        (11, (1,), Stand(ChunkState.OVER, "FAILED, NonZeroExitCode", "n1")),
        (11, (3,), Stand(ChunkState.RUNNING, "JobHeldUser", "n2")),
        (18, (6, 7, 8, 9, 12), Stand(ChunkState.WAITING, "JobArrayTaskLimit")),
        (23, None, Stand(ChunkState.RUNNING, "", "n1")),
    ]


def test_names_may_hold_anything() -> None:
    text = "18|a|b $(x) [ff-4-0-00000000 0+20/20]\n11_[3-5%4]|one\nslurm_load_jobs error: none\n19|"
    assert list(names(text)) == [(18, "a|b $(x) [ff-4-0-00000000 0+20/20]"), (11, "one"), (19, "")]


def test_lines_of_sacct() -> None:
    assert [(row.job, row.tasks, row.stand) for row in sacct_rows(SACCT)] == [
        (11, (0,), Stand(ChunkState.OVER, "", "n1")),
        (11, (1,), Stand(ChunkState.CANCELLED, "", "n1")),
        (11, (2,), Stand(ChunkState.LOST, "NODE_FAIL", "n2")),
        (11, (6,), Stand(ChunkState.OVER, "JobArrayTaskLimit", "n1")),
        (11, (3, 4, 5, 7), Stand(ChunkState.WAITING, "Resources")),
        (12, None, Stand(ChunkState.CANCELLED)),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3", (3,)), ("3,5-7", (3, 5, 6, 7)), ("0-8:4", (0, 4, 8)), ("6-7%4", (6, 7)), ("N/A", None), ("", None), ("...", None),
        ("1-3,...", None),  # Of what is cut short nobody knows the end.
    ],
)  # fmt: skip
def test_numbers_of_tasks(text: str, found: tuple[int, ...] | None) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("CONFIGURING", ChunkState.WAITING), ("REQUEUED", ChunkState.WAITING), ("REQUEUE_HOLD", ChunkState.WAITING),
        ("SPECIAL_EXIT", ChunkState.WAITING), ("EXPEDITING", ChunkState.WAITING), ("COMPLETING", ChunkState.RUNNING),
        ("SUSPENDED", ChunkState.RUNNING), ("TIMEOUT", ChunkState.OVER), ("OUT_OF_MEMORY", ChunkState.OVER),
        ("DEADLINE", ChunkState.OVER), ("REVOKED", ChunkState.CANCELLED), ("BOOT_FAIL", ChunkState.LOST),
        ("PREEMPTED", ChunkState.LOST), ("A_STATE_OF_TOMORROW", ChunkState.UNKNOWN),
    ],
)  # fmt: skip
def test_other_states_are_named_for_people(theirs: str, ours: ChunkState) -> None:
    assert stand(theirs) == Stand(ours, theirs)
