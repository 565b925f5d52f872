"""What commands, menu and shelf hand to the farm: Python source, to be run in headless Maya."""

from __future__ import annotations

from typing import Any

from . import _cmds
from .panel import told
from .sticky import Sticky

FORM = "form"
"""Under this name it is remembered what the panel's form was like, beside what commands are told."""

_TITLE_LENGTH = 60


def submit(
    source: str,
    *,
    name: str | None = None,
    frames: str | None = None,
    snapshot: bool | None = None,
    filename: str | None = None,
    sticky: bool = False,
    **job: Any,
) -> int:
    """Submits source to run in Maya on a worker, and does not wait for it. What was chosen is remembered for the scene.

    Args:
        source: As of `farmfutures.maya.evaluate`; with frames as of `farmfutures.maya.evaluate_at`.
        name: The job's name.
        frames: ``"1-100x2"`` and the like: a work item a frame.
        snapshot: Send the scene as it is on screen, which is the default; else the one that was saved.
        filename: Another scene to open instead.
        sticky: What is not given here is as it was chosen the last time for this scene, the source too if that is "".
        **job: Job options.

    Returns:
        The id of the job.

    Raises:
        ValueError: There is no source, or no such frames.
    """
    remembered = Sticky.of(_cmds.scene_name())
    given: dict[str, Any] = {"name": name, "frames": frames, "snapshot": snapshot, "filename": filename, **job}
    every: dict[str, Any] = {**given, "source": source.strip() and source}
    chosen = {key: value for key, value in every.items() if value not in (None, "")}
    if sticky:
        of_command = {key: value for key, value in remembered.load().items() if key != FORM}
        chosen = {**of_command, **chosen}
    number = _submit(**chosen)
    remembered.save(chosen)
    told.wake()
    return number


def render(*, chunk: int = 1, **job: Any) -> int:
    """Submits every renderable layer through every renderable camera of the open scene, as it is on screen, as one job.

    Args:
        chunk: How many frames one run of ``Render`` renders.
        **job: Job options.

    Returns:
        The id of the job.

    Raises:
        RenderError: There is nothing to render.
    """
    import farmfutures.maya

    plan = farmfutures.maya.render_plan()
    executor = farmfutures.maya.Executor(clone_environ=True, create_tempfile=True)
    try:
        number = int(plan.submit(executor, chunk=chunk, **job)[0].job_id)
    finally:
        executor.shutdown(wait=False)
    told.wake()
    return number


def last_source() -> str:
    """Returns what was run the last time for the open scene, or ""."""
    return str(Sticky.of(_cmds.scene_name()).load().get("source", ""))


def _submit(
    source: str = "", name: str | None = None, frames: str | None = None, snapshot: bool = True, filename: str | None = None,
    **job: Any,
) -> int:  # fmt: skip
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
