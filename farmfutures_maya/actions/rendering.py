"""Shipped: the frames of the open scene by its renderer, each layer through each camera."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from typing import Annotated

from farmfutures.errors import RenderError

from ..render_plan import RenderPass, RenderPlan, render_plan
from .action import action
from .params import Between, Frames
from .submitting import SetupOf


@action("Render", runs_in="session", group="Images")
def render(
    setup: SetupOf,
    frames: Frames | None = None,
    layers: Annotated[list[str], "All that are renderable, if none is named"] = [],  # noqa: B006
    cameras: Annotated[list[str], "All that are renderable, if none is named"] = [],  # noqa: B006
    size_percent: Annotated[int, Between(1, 400), "Of the size that the scene has"] = 100,
) -> Iterator[None]:
    """Renders with the scene's renderer: each layer through each camera, with the frames, size and image names of the layer.

    Frames that are given here are rendered instead of the layer's own. Images go where the project keeps them.
    """
    plan = planned(render_plan(), layers, cameras, size_percent, frames)
    opened = plan.open(setup.executor, **setup.job)
    setup.batch = opened.batch
    chunks = plan.chunks(setup.asked.chunk)
    setup.total = len(chunks)
    for chunk in chunks:
        opened.add(chunk)
        yield


def planned(
    plan: RenderPlan, layers: Sequence[str], cameras: Sequence[str], size_percent: int, frames: Sequence[int] | None
) -> RenderPlan:  # fmt: skip
    """Returns a plan with what was chosen of it.

    Raises:
        RenderError: A layer or a camera that was named is not renderable, or nothing is left.
    """
    for what, wanted, there in (
        ("layer", layers, [one.layer for one in plan.passes]),
        ("camera", cameras, [one.camera for one in plan.passes]),
    ):
        lost = [name for name in wanted if name not in there]
        if lost:
            renderable = ", ".join(dict.fromkeys(there)) or "none"
            raise RenderError(f"the {what} {lost[0]} is not renderable. There are: {renderable}.")
    chosen = [one for one in plan.passes if (not layers or one.layer in layers) and (not cameras or one.camera in cameras)]
    sized = [_sized(one, size_percent) for one in chosen]
    return dataclasses.replace(plan, passes=tuple(one for whole in sized for one in _at(whole, frames)))


def _sized(one: RenderPass, percent: int) -> RenderPass:
    width, height = (max(1, round(size * percent / 100)) for size in (one.width, one.height))
    return dataclasses.replace(one, width=width, height=height)


def _at(one: RenderPass, frames: Sequence[int] | None) -> list[RenderPass]:
    """Returns a pass at these frames: one for each run of them, since Render takes a first, a last and a step."""
    if not frames:
        return [one]
    return [dataclasses.replace(one, start=run[0], end=run[-1], step=step) for run, step in runs(frames)]


def runs(frames: Sequence[int]) -> list[tuple[list[int], int]]:
    """Cuts frames into runs of equal steps, as few as come by going from the first to the last."""
    found: list[tuple[list[int], int]] = []
    for frame in sorted(set(frames)):
        run, step = found[-1] if found else ([], 1)
        if run and (len(run) == 1 or frame - run[-1] == step):
            found[-1] = ([*run, frame], frame - run[-1])
        else:
            found.append(([frame], 1))
    return list(itertools.chain.from_iterable(_split_pair(run, step) for run, step in found))


def _split_pair(run: list[int], step: int) -> list[tuple[list[int], int]]:
    """Two frames that lie apart are no run: each may be the start of one, and a step says nothing about two."""
    return [(run, step)] if len(run) != 2 or step == 1 else [([frame], 1) for frame in run]
