"""One Open Job Description session after the other, each with the step's environment around its tasks.

A session takes tasks until there are none, or until one fails or is cancelled: after that it may only leave, as the
specification has it, and the next task gets a session of its own.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from openjd.model import ParameterValue, ParameterValueType, create_job, decode_job_template, preprocess_job_parameters
from openjd.sessions import ActionState, ActionStatus, Session, SessionState

from ...errors import EngineUnavailableError
from . import bundle, owner, template
from .place import Place

_ENDED = (ActionState.SUCCESS, ActionState.FAILED, ActionState.CANCELED, ActionState.TIMEOUT)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was read and found valid: what its sessions run."""

    job: Any
    parameters: Any

    @classmethod
    def read(cls, folder: Path) -> Bundle:
        """Reads it as whoever runs bundles does.

        Raises:
            EngineUnavailableError: It is not valid.
        """
        try:
            text = json.loads((folder / bundle.TEMPLATE).read_text(encoding="utf-8"))
            values = json.loads((folder / bundle.PARAMETERS).read_text(encoding="utf-8"))
            job_template = decode_job_template(template=text, supported_extensions=[template.CHUNKING])
            parameters = preprocess_job_parameters(
                job_template=job_template, job_parameter_values=values, job_template_dir=folder, current_working_dir=folder,
            )  # fmt: skip
            return cls(create_job(job_template=job_template, job_parameter_values=parameters), parameters)
        except (OSError, ValueError, KeyError) as error:
            raise EngineUnavailableError(f"{folder} is no valid bundle: {error}") from error


class Run:
    """A session in which tasks run, one at a time.

    Args:
        what: The bundle.
        root: The folder for session folders.
        place: Where this process reads what clients wish.
    """

    def __init__(self, what: Bundle, root: Path, place: Place) -> None:
        self._step = what.job.steps[0]
        self._ended = threading.Condition()
        self._status: ActionStatus | None = None
        self._entered: list[str] = []
        self._chunk: int | None = None
        self._unwanted: tuple[int, float] | None = None
        self._session = Session(
            session_id=uuid.uuid4().hex, job_parameter_values=what.parameters, callback=self._hear, session_root_directory=root,
            os_env_vars={owner.VARIABLE: str(os.getpid()), owner.PLACE: str(place.root)},
        )  # fmt: skip

    @property
    def usable(self) -> bool:
        """Whether it takes another task."""
        return self._session.state is SessionState.READY

    def enter(self) -> ActionStatus | None:
        """Enters the step's environments; returns how that failed, None where it did not."""
        for environment in self._step.stepEnvironments or ():
            identifier = uuid.uuid4().hex
            status = self._do(partial(self._session.enter_environment, environment=environment, identifier=identifier))
            self._entered.append(identifier)
            if status.state is not ActionState.SUCCESS:
                return status
        return None

    def task(self, chunk: int) -> ActionStatus:
        """Runs a task, and returns how it ended."""
        values = {"Chunk": ParameterValue(type=ParameterValueType.INT, value=str(chunk))}
        self._chunk = chunk
        try:
            return self._do(partial(self._session.run_task, step_script=self._step.script, task_parameter_values=values))
        finally:
            self._chunk = None

    def cancel(self, chunk: int, grace_s: float) -> None:
        """Has a task end that runs, or is just being started: by a signal, and by force after so many seconds."""
        self._unwanted = chunk, grace_s
        if self._chunk == chunk:
            self._cancel(grace_s)

    def _cancel(self, grace_s: float) -> None:
        try:
            self._session.cancel_action(time_limit=timedelta(seconds=grace_s))
        except RuntimeError:
            return  # It has ended by itself, or is just being started: then `_do` sees to it.

    def close(self) -> None:
        """Leaves the environments, and removes the session's folder."""
        try:
            for identifier in reversed(self._entered):
                self._do(partial(self._session.exit_environment, identifier=identifier))
        finally:
            self._session.cleanup()

    def _do(self, start: Callable[[], object]) -> ActionStatus:
        with self._ended:
            self._status = None
        start()
        if self._unwanted is not None and self._unwanted[0] == self._chunk:
            self._cancel(self._unwanted[1])
        with self._ended:
            self._ended.wait_for(lambda: self._status is not None)
            assert self._status is not None
            return self._status

    def _hear(self, _: str, status: ActionStatus) -> None:
        if status.state in _ENDED:
            with self._ended:
                self._status = status
                self._ended.notify_all()


def why(status: ActionStatus) -> str:
    """Says how a task or an environment ended, in its own words where it had some."""
    said = status.fail_message or status.status_message or ""
    code = "" if status.exit_code is None else f"exit code {status.exit_code}"
    return "; ".join(filter(None, [said, code])) or status.state.value
