"""Submits an action: at once for scripts, in steps for an interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, cast

from farmfutures import call as calls
from farmfutures.errors import OptionError

from .action import Action, reference
from .params import Supplied
from .registry import find
from .split import Asked, Split

if TYPE_CHECKING:
    import farmfutures

RUN = "farmfutures.maya:run_action"


@dataclass
class Setup:
    """What an action that runs in the session works with.

    Attributes:
        executor: How workers look.
        asked: Frames, chunk, nodes and items.
        job: Job options that were given.
        total: How many work items it will be; the action says so before the first.
        batch: What they are added to; the action makes it by `open`.
    """

    executor: Any
    asked: Asked
    job: dict[str, Any]
    total: int = 0
    batch: farmfutures.Batch | None = field(default=None, init=False)

    def open(self, **options: Any) -> farmfutures.Batch:
        """Starts the batch.

        Args:
            **options: Job options of the action's own; those that were given win over them.
        """
        self.batch = batch = self.executor.batch(**{**options, **self.job})
        return cast("farmfutures.Batch", batch)


SetupOf = Annotated[Setup, Supplied.SETUP]


class Filling:
    """A batch that is being filled.

    Args:
        action: What is submitted.
        executor: How workers look.
        values: Of the action's own fields.
        asked: Frames, chunk, nodes and items.
        **job: Job options.

    Attributes:
        done: How many work items were added.
        total: Of how many.

    Raises:
        OptionError: A value, the frames or an option means nothing; nothing was submitted.
    """

    def __init__(self, action: Action, executor: Any, values: Mapping[str, Any], asked: Asked, **job: Any) -> None:
        given = {"name": action.label, **job}
        if action.cpus is not None:
            given.setdefault("cpus", action.cpus)
        self.done = 0
        self._action = action
        self._setup = Setup(executor, asked, given)
        self._values = action.values(values)
        if action.runs_in == "session":
            self._steps = self._by_itself()
        else:
            self._split = Split(action.signature, asked, action.label)
            self._setup.total = len(self._split)
            self._setup.open()
            self._steps = self._add_all()

    @property
    def total(self) -> int:
        """Of how many."""
        return self._setup.total

    @property
    def batch(self) -> farmfutures.Batch:
        """What they are added to.

        Raises:
            OptionError: The action has not started one.
        """
        if self._setup.batch is None:
            raise OptionError(f"the action {self._action.name!r} started no batch: there is nothing to submit.")
        return self._setup.batch

    def step(self) -> bool:
        """Adds a work item; returns whether there are more.

        Raises:
            SubmitError: Something can't be sent to a worker.
        """
        if next(self._steps, self) is self:
            return False
        self.done += 1
        return True

    def _by_itself(self) -> Iterator[None]:
        values = self._action.arguments(self._values)
        supplied: dict[str, Any] = {
            name: self._setup if one == Supplied.SETUP else None for name, one in self._action.signature.supplied.items()
        }
        if self._action.signature.frames:
            numbers = tuple(self._setup.asked.numbers) or None
            supplied.update((name, numbers) for name, one in self._action.signature.supplied.items()
                            if one == self._action.signature.frames)  # fmt: skip
        yield from self._action.function(**supplied, **values)

    def _add_all(self) -> Iterator[None]:
        action, batch = self._action, self.batch
        goes_to = next((name for name, one in action.signature.supplied.items() if one == Supplied.FRAME), "")
        values = action.arguments(self._values)
        function: str | bytes = reference(action.function)
        if action.by_value:
            function, values = calls.dumps_with_module(action.function, (action.function, values)), {}
        for work in self._split.works():
            batch.submit_ext(RUN, [function, work.supplied, values, goes_to, work.listed], name=work.name)
            yield


def submit(
    name: str, executor: Any, values: Mapping[str, Any] | None = None, /, *, frames: str | Sequence[int] = "", chunk: int = 1,
    nodes: Sequence[str] = (), items: Sequence[str] = (), **job: Any,
) -> list[farmfutures.Future]:  # fmt: skip
    """Submits an action as one job.

    Args:
        name: Of the action, as of `find`.
        executor: How workers look: a `farmfutures.maya.Executor`, or a `farmfutures.Executor` where no Maya is needed.
        values: Of the action's own fields; the others are as they are at first.
        frames: ``"1-100x2"`` and the like, or the frames.
        chunk: How many frames share a work item.
        nodes: Names of nodes.
        items: Lines of text.
        **job: Job options.

    Returns:
        A future for each work item, in order.

    Raises:
        OptionError: There is no such action, or a value means nothing.
        SubmitError: As of every submit.
    """
    found = find()
    if name not in found.actions:
        more = "".join(f" {trouble}" for trouble in found.troubles)
        raise OptionError(f"there is no action {name!r}. There are: {', '.join(sorted(found.actions))}.{more}")
    filling = Filling(found.actions[name], executor, values or {}, Asked(frames, chunk, tuple(nodes), tuple(items)), **job)
    while filling.step():
        pass
    return filling.batch.commit()
