"""A kernel that kills for want of memory, as far as supervisors look at it: its count is a file."""

from __future__ import annotations

from pathlib import Path


def kernel_of_paper(folder: Path) -> Path:
    """Returns the count, as a control group has it. Supervisors with `folder` on their path read it there."""
    count = folder / "memory" / "memory.oom_control"
    count.parent.mkdir()
    count.write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 7\n")
    (folder / "sitecustomize.py").write_text(
        "import pathlib, sys\n"
        "if 'farmfutures.worker.supervisor' in sys.orig_argv:\n"
        "    from farmfutures.worker import memory\n"
        f"    memory.Watch._find = lambda self: pathlib.Path({str(count)!r})\n"
    )
    return count
