"""What commands, menu and shelf hand to the farm: Python source, to be run in headless Maya."""

from __future__ import annotations

from typing import Any

_TITLE_LENGTH = 60


def submit(
    source: str,
    *,
    name: str | None = None,
    frames: str | None = None,
    snapshot: bool = True,
    filename: str | None = None,
    **job: Any,
) -> int:
    """Submits source to run in Maya on a worker, and does not wait for it.

    Args:
        source: As of `farmfutures.maya.evaluate`; with frames as of `farmfutures.maya.evaluate_at`.
        name: The job's name.
        frames: ``"1-100x2"`` and the like: a work item a frame.
        snapshot: Send the scene as it is on screen; else the one that was saved.
        filename: Another scene to open instead.
        **job: Job options.

    Returns:
        The id of the job.

    Raises:
        ValueError: There is no source, or no such frames.
    """
    import farmfutures.maya

    if not source.strip():
        raise ValueError("there is nothing to run: give Python, or package.module:function.")
    options: dict[str, Any] = {"name": name or f"FarmFutures: {source.strip().splitlines()[0][:_TITLE_LENGTH]}", **job}
    copy = snapshot and filename is None
    executor = farmfutures.maya.Executor(clone_environ=True, create_tempfile=copy, filename=filename)
    try:
        if frames is None:
            return int(executor.submit_ext("farmfutures.maya:evaluate", [source], **options).job_id)
        return int(executor.submit_frames("farmfutures.maya:evaluate_at", frames, [source], **options)[0].job_id)
    finally:
        executor.shutdown(wait=False)
