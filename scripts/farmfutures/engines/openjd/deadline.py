"""Bundles handed to AWS Deadline Cloud, by its own package ``deadline`` and as ``deadline config`` has it.

Its workers have to see the shared folder, as those of a customer-managed fleet do that mount it. Nothing of a job is uploaded.
What is asked of the service is checked against botocore's model of it; the service itself was never reached by the tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ...errors import EngineUnavailableError, FarmFuturesError, RefusedError
from ...guard import write_private
from ...settings import Settings
from ..spool.launcher import ChunkState, Finding, Order, Stand
from . import bundle
from .options import Chosen
from .place import Place
from .template import Plan

_STATES = {
    "PENDING": ChunkState.WAITING, "READY": ChunkState.WAITING, "ASSIGNED": ChunkState.WAITING, "SUSPENDED": ChunkState.WAITING,
    "NOT_COMPATIBLE": ChunkState.WAITING, "STARTING": ChunkState.RUNNING, "SCHEDULED": ChunkState.RUNNING,
    "RUNNING": ChunkState.RUNNING, "INTERRUPTING": ChunkState.RUNNING, "CANCELED": ChunkState.CANCELLED,
    "FAILED": ChunkState.OVER, "SUCCEEDED": ChunkState.OVER,
}  # fmt: skip
_REFUSALS = ("AccessDeniedException", "ValidationException", "ResourceNotFoundException", "ServiceQuotaExceededException")
_INSTALL = "pip install 'farmfutures[deadline]'"


class Deadline:
    """Submits bundles to a queue, and asks how their tasks stand.

    Args:
        settings: The client's.
        connect: Returns a client of the service, instead of the one that the configuration says.
    """

    def __init__(self, settings: Settings, connect: Callable[[], Any] | None = None) -> None:
        self._settings = settings
        self._connect = connect or _client
        self._known: Any = None
        self._steps: dict[str, str] = {}

    # --- handing over

    def launch(self, order: Order, plan: Plan, place: Place, wanted: Chosen) -> None:
        """Submits a bundle.

        Raises:
            RefusedError: It is not configured, or the service refuses it.
            EngineUnavailableError: The service can't be reached.
        """
        farm, queue = _where(wanted)
        bundle.write(place.bundle, plan)
        with _Asking():
            job = _submit(place.bundle, order, farm, queue)
        write_private(_path(place), json.dumps({"farmId": farm, "queueId": queue, "jobId": job}).encode())

    def was_launched(self, place: Place) -> bool:
        """Whether its job's id was noted."""
        return _path(place).exists()

    # --- how it stands

    def look(self, place: Place) -> dict[int, Stand]:
        """Returns how tasks stand.

        Raises:
            EngineUnavailableError: The service can't be asked now.
        """
        with _Asking():
            return dict(_stand(task) for task in self._tasks(place))

    def _tasks(self, place: Place) -> Iterator[dict[str, Any]]:
        ids = self._ids(place)
        for page in self._client.get_paginator("list_tasks").paginate(**ids, stepId=self._step(ids)):
            yield from page["tasks"]

    def _ids(self, place: Place) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads(_path(place).read_bytes())
        except (OSError, ValueError) as error:
            raise EngineUnavailableError(f"{_path(place)}, which has the job's id, can't be read ({error}).") from error
        return found

    def _step(self, ids: dict[str, str]) -> str:
        job = ids["jobId"]
        if job not in self._steps:
            self._steps[job] = self._client.list_steps(**ids)["steps"][0]["stepId"]
        return self._steps[job]

    @property
    def _client(self) -> Any:
        if self._known is None:
            self._known = self._connect()
        return self._known

    # --- steering

    def cancel(self, place: Place, chunks: Collection[int] | None, *, running: bool) -> None:
        """Takes tasks away: all of them in one question, else one by one."""
        with _Asking():
            if chunks is None and running:
                self._client.update_job(**self._ids(place), targetTaskRunStatus="CANCELED")
                return
            states = (ChunkState.WAITING, ChunkState.RUNNING) if running else (ChunkState.WAITING,)
            self._turn(place, "CANCELED", lambda chunk, state: state in states and (chunks is None or chunk in chunks))

    def hold(self, place: Place, held: bool) -> None:
        """Suspends tasks that wait, or lets them go on. Those that run go on: to suspend the job would interrupt them."""
        with _Asking():
            self._turn(place, "SUSPENDED" if held else "READY", lambda _, state: state is ChunkState.WAITING)

    def _turn(self, place: Place, target: str, which: Callable[[int, ChunkState], bool]) -> None:
        ids = self._ids(place)
        for task in list(self._tasks(place)):
            chunk, stand = _stand(task)
            if which(chunk, stand.state) and task.get("targetRunStatus", task["runStatus"]) != target:
                self._client.update_task(**ids, stepId=self._step(ids), taskId=task["taskId"], targetRunStatus=target)

    def set_priority(self, place: Place, priority: int) -> None:
        """Moves the job up or down."""
        with _Asking():
            self._client.update_job(**self._ids(place), priority=_priority(priority))

    # --- for people

    def examine(self) -> Iterator[Finding]:
        """Looks whether the package is there, and farm and queue are known and let us in."""
        if find_spec("deadline") is None:
            yield Finding("deadline", False, "the package 'deadline' is not installed", _INSTALL)
            return
        try:
            farm, queue = _where(None)
            with _Asking():
                name = self._client.get_queue(farmId=farm, queueId=queue)["displayName"]
        except FarmFuturesError as error:
            yield Finding(
                "queue", False, str(error), "mend that: 'deadline config' and 'deadline auth status' show what there is"
            )
            return
        yield Finding(
            "queue", True, f"{name} ({queue}) of {farm}; that its workers see the shared folder only the probe can tell"
        )

    def url(self, place: Place) -> str | None:
        """There is none that is known without asking."""
        return None


class _Asking:
    """Within it, whatever the service and its packages raise becomes an error of ours."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is None or isinstance(error, FarmFuturesError) or not isinstance(error, Exception):
            return
        code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
        text = f"AWS Deadline Cloud: {' '.join(str(error).split()) or type(error).__name__}"
        raise (RefusedError if code in _REFUSALS else EngineUnavailableError)(text) from error


def _client() -> Any:
    _must_be_installed()
    return import_module("deadline.client.api").get_boto3_client("deadline")


def _must_be_installed() -> None:
    if find_spec("deadline") is None:
        raise RefusedError(f"jobs can't go to AWS Deadline Cloud: the package 'deadline' is not installed here. Run {_INSTALL}.")


def _where(wanted: Chosen | None) -> tuple[str, str]:
    """Returns farm and queue: those of the job, else those of ``deadline config``.

    Raises:
        RefusedError: Nobody says them.
    """
    _must_be_installed()
    get_setting = import_module("deadline.client.config").get_setting
    found = []
    for what in ("farm", "queue"):
        one = (getattr(wanted, what) if wanted else "") or get_setting(f"defaults.{what}_id")
        if not one:
            raise RefusedError(
                f"which {what} of AWS Deadline Cloud is meant? Say it once by 'deadline config set defaults.{what}_id', or "
                f"with the job by openjd_{what}."
            )
        found.append(one)
    return found[0], found[1]


def _submit(folder: Path, order: Order, farm: str, queue: str) -> str:
    api, config = import_module("deadline.client.api"), import_module("deadline.client.config")
    chosen = config.config_file.read_config()
    config.set_setting("defaults.farm_id", farm, config=chosen)
    config.set_setting("defaults.queue_id", queue, config=chosen)
    job = api.create_job_from_job_bundle(
        str(folder), config=chosen, priority=_priority(order.spec.priority), max_failed_tasks_count=len(order.commands),
        max_retries_per_task=0, max_worker_count=order.spec.cpus, submitter_name="farmfutures",
        target_task_run_status="SUSPENDED" if order.held else "READY", print_function_callback=lambda text: None,
    )  # fmt: skip
    if job is None:
        raise RefusedError("AWS Deadline Cloud took no job, and gave no reason.")
    return str(job)


def _priority(priority: int) -> int:
    return max(0, min(100, priority))


def _path(place: Place) -> Path:
    return place.root / "deadline"


def _stand(task: dict[str, Any]) -> tuple[int, Stand]:
    chunk = int(task["parameters"]["Chunk"]["int"])
    return chunk, Stand(_STATES.get(task["runStatus"], ChunkState.UNKNOWN), task["runStatus"])
