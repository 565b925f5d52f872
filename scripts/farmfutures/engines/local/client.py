"""The client's side of the local engine: hands jobs over, resolves futures, brings the broker back when it dies.

Threads of the caller append to the journal and ring; one thread of ours listens.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future as StdFuture
from typing import TYPE_CHECKING, Any

from ...errors import EngineUnavailableError, NoSuchJobError, RefusedError
from ...job import JobSpec, WorkSpec
from ...pieces import save
from ...settings import Settings, python_executable
from ...worker import processes
from ...worker.environ import PACKAGES
from ...worker.logs import tail
from ..report import Finding, Report
from . import journal, wire
from .folder import Folder
from .listener import Listener
from .lock import Lock, is_held
from .report import REPORT, check, examine
from .schema import MAX_ITEMS, item_key
from .specs import spec_text
from .vault import Vault

if TYPE_CHECKING:
    from ...future import Future

START_S = 20.0
_STARTS = 2
ANSWER_S = 30.0
_LOOK_S = 0.005
_ROTATE_BYTES = 64 * 1024 * 1024


class LocalEngine:
    """One client of the broker; executors of a process share one for each state folder."""

    name = "local"

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings.load()
        self.folder = Folder(self.settings.state)
        self.vault = Vault(self.folder)
        self.pid = os.getpid()
        self.client = uuid.uuid4().hex[:16]
        self.lock = threading.RLock()
        self.futures: dict[int, Future] = {}
        self.more: dict[int, list[Future]] = {}
        """Further futures of the same items."""
        self.replies: dict[int, StdFuture[Any]] = {}
        self.asked: dict[int, dict[str, Any]] = {}
        """Requests without an answer; a broker that comes back is asked again."""
        self._requests = itertools.count(1)
        self._specs: dict[int, tuple[int, JobSpec]] = {}
        self._writer: journal.Writer | None = None
        self._journals = itertools.count(1)
        self.ids: list[range] = []
        self._ids: Iterator[int] = iter(())
        self._line: wire.Line | None = None
        self._listener: Listener | None = None
        self._alive: Lock | None = None
        self.welcomed = threading.Event()
        self._failure: EngineUnavailableError | None = None
        self.granted = threading.Event()

    # --- what it can do

    def report(self) -> Report:
        """What it can do."""
        return REPORT

    def check(self, spec: JobSpec) -> None:
        """Refuses a job for machines of another group.

        Raises:
            RefusedError: This machine is not in it.
        """
        check(spec, self.settings)

    def examine(self) -> list[Finding]:
        """Looks whether jobs can be handed over; starts nothing."""
        return list(examine(self.settings))

    # --- the broker

    def connect(self, *, start: bool = True) -> bool:
        """Makes sure that the broker is there and knows us.

        Raises:
            EngineUnavailableError: It could not be started or reached.
        """
        if self.pid != os.getpid():
            raise EngineUnavailableError("this executor was made before os.fork; make a new one in the child process.")
        with self.lock:
            if self._listener is None and not self._begin(start):
                return False
        # Another thread may have begun: an answer to who is not welcomed yet would be lost.
        if not self.welcomed.wait(START_S):
            raise EngineUnavailableError(f"the broker of {self.folder.root} does not answer; see {self.folder.broker_log}.")
        if self._failure is not None:
            self.close()
            raise self._failure
        return True

    def _begin(self, start: bool) -> bool:
        self.folder.create()
        line = self.find_line(start=start)
        if line is None:
            return False
        self._alive = Lock(self.folder.client_lock(self.client))
        self._alive.insist()
        self._line, self._failure = line, None
        self._listener = Listener(self, line)
        self._listener.start()
        return True

    def fail(self, error: EngineUnavailableError) -> None:
        """There will be no welcome: whoever waits for that is told why."""
        self._failure = error
        self.welcomed.set()

    def find_line(self, *, start: bool) -> wire.Line | None:
        """Returns a line to the broker, starting that where there is none; None where there is none and is to be none.

        Raises:
            EngineUnavailableError: It could not be started or reached.
        """
        deadline = time.monotonic() + START_S
        while True:
            endpoint = self.find_broker(start=start)
            try:
                return None if endpoint is None else wire.open_line(self.folder, endpoint, self.client)
            except OSError as error:  # It left, or was killed, in this moment, and the next one is not there yet.
                if time.monotonic() > deadline:
                    raise EngineUnavailableError(f"the broker at {endpoint} can't be reached: {error}.") from error
            time.sleep(_LOOK_S)

    def find_broker(self, *, start: bool) -> str | None:
        """Returns the broker's endpoint, starting it where there is none."""
        deadline = time.monotonic() + START_S
        starter: subprocess.Popen[bytes] | None = None
        failures = 0
        while time.monotonic() < deadline:
            if is_held(self.folder.lock):
                with contextlib.suppress(OSError, ValueError):
                    endpoint = str(json.loads(self.folder.connection.read_text())["endpoint"])
                    if starter is not None and sys.platform != "win32":  # There it is the broker itself.
                        starter.wait()
                    return endpoint
            elif not start:
                return None
            elif starter is None:
                starter = self._start_broker()
            elif starter.poll() is not None:
                failures += bool(starter.returncode)
                if failures >= _STARTS:
                    break
                starter = None  # Another one was first and has left since; or it was killed, and the next one lives.
            time.sleep(_LOOK_S)
        raise EngineUnavailableError(
            f"the broker could not be started in {self.folder.root}. The last lines of {self.folder.broker_log}:\n"
            f"{tail(self.folder.broker_log) or '(nothing)'}"
        )

    def _start_broker(self) -> subprocess.Popen[bytes]:
        """Starts the process that starts the broker, and that ends as soon as the broker can be reached."""
        path = os.pathsep.join(path for path in [PACKAGES, *sys.path] if path)
        flags: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            flags = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS}
        with self.folder.broker_log.open("ab") as log:
            return processes.start(
                [self.settings.python or python_executable(), "-m", "farmfutures.engines.local"],
                stdout=log, stderr=log, cwd=self.folder.root,
                env={**os.environ, "PYTHONPATH": path, "FARMFUTURES_STATE": str(self.folder.root)}, **flags,
            )  # fmt: skip

    def send(self, kind: str, header: dict[str, Any]) -> None:
        """Sends a message from any thread."""
        line = self._line
        if line is not None:
            line.send(wire.pack(kind, header))

    def reconnect(self, line: wire.Line) -> None:
        """The broker came back, perhaps elsewhere."""
        with self.lock:
            old, self._line = self._line, line
        if old is not None:
            old.close(linger=False)

    # --- handing over

    def submit(self, spec: JobSpec, name: str, works: list[WorkSpec], futures: list[Future]) -> int:
        """Hands a job over; it is safe when this returns.

        Raises:
            StoreFullError: The disk is full.
            RefusedError: The job is larger than the engine takes.
            EngineUnavailableError: The broker can't be reached.
        """
        if len(works) > MAX_ITEMS:
            raise RefusedError(f"a job holds at most {MAX_ITEMS} work items, this one has {len(works)}: split it.")
        if self._listener is None or self.pid != os.getpid():
            self.connect()
        with self.lock:
            job = self._next_id()
            record = self._record(job, self._spec(spec), name, works)
            first = item_key(job, 0)
            for index, future in enumerate(futures):
                future._bind(self, job, index)
                self.futures[first + index] = future
            try:
                if spec.launch.secrets:
                    self.vault.keep(spec.launch.secrets)  # Here, so that it is young when the broker reads of the job.
                self._journal().append(record)
            except BaseException:
                for index in range(len(futures)):
                    self.futures.pop(first + index, None)
                raise
            self._ring()
        return job

    def _record(self, job: int, spec: int, name: str, works: list[WorkSpec]) -> bytes:
        if len(works) == 1:
            return journal.single_record(job, spec, name.encode(), *self._item(job, 0, works[0]))
        return journal.job_record(job, spec, name.encode(), [self._item(job, i, work) for i, work in enumerate(works)])

    def _item(self, job: int, index: int, work: WorkSpec) -> tuple[bytes, bytes, bytes]:
        call, extra = work.call, work.extra
        if len(call) > self.settings.inline_limit_bytes:
            if len(call) > self.settings.max_payload_bytes:
                raise RefusedError(
                    f"work item {index} is {len(call)} bytes large, the limit is {self.settings.max_payload_bytes}: write the "
                    "data to a file and send its path, or raise max_payload_bytes in the settings."
                )
            file = f"{job}.{index}.call"
            save(self.folder.blob(file), call)
            call, extra = b"", {**extra, "call_file": file}
        name = b"" if work.name == str(index + 1) else work.name.encode()
        return bytes(call), name, json.dumps(extra).encode() if extra else b""

    def _spec(self, spec: JobSpec) -> int:
        known = self._specs.get(id(spec))
        if known is not None:
            return known[0]
        number, text = spec_text(spec, self.vault.name(spec.launch.secrets) if spec.launch.secrets else "")
        self._journal().append(journal.spec_record(number, text))
        if len(self._specs) > 1000:
            self._specs.clear()
        self._specs[id(spec)] = (number, spec)  # Kept, so that no other object gets its id.
        return number

    def _journal(self) -> journal.Writer:
        if self._writer is None or self._writer.end > _ROTATE_BYTES:
            if self._writer is not None:
                self._writer.close()
            self._writer = journal.Writer(self.folder.journal(self.client, next(self._journals)))
            self._writer.flags.asleep = True  # Nobody reads it yet.
        return self._writer

    def _ring(self) -> None:
        """Wakes the broker, where it sleeps."""
        if self._writer is not None and self._writer.flags.asleep:
            self._writer.flags.asleep = False
            self.send("bell", {"journal": self._writer.path.name})

    def journals(self) -> list[str]:
        """The journal that is being written."""
        with self.lock:
            return [self._writer.path.name] if self._writer is not None else []

    def _next_id(self) -> int:
        while True:
            number = next(self._ids, None)
            if number is not None:
                return number
            if self.ids:
                self._ids = iter(self.ids.pop(0))
            else:
                self._wait_for_ids()

    def _wait_for_ids(self) -> None:
        self.granted.clear()
        self.send("block", {})
        self.lock.release()
        try:
            if not self.granted.wait(ANSWER_S):
                raise EngineUnavailableError("the broker gives no job ids; see its log.")
        finally:
            self.lock.acquire()

    # --- asking

    def request(self, op: str, **args: Any) -> Any:
        """Asks the broker and waits for its answer.

        Raises:
            NoSuchJobError: It doesn't know the job.
            EngineUnavailableError: It does not answer.
        """
        self.connect()
        number = next(self._requests)
        reply = self.replies[number] = StdFuture()
        self.asked[number] = {"req": number, "op": op, "args": args}
        self.send("request", {**self.asked[number]})
        try:
            kind, value = reply.result(ANSWER_S)
        except TimeoutError:
            raise EngineUnavailableError(f"the broker did not answer {op!r} in {ANSWER_S:g} s; see its log.") from None
        finally:
            self.replies.pop(number, None)
            self.asked.pop(number, None)
        if kind == "LookupError":
            raise NoSuchJobError(f"{value}. 'farmfutures jobs' lists what there is.")
        if kind:
            raise RefusedError(f"the broker refused {op!r}: {value}")
        return value

    def payload(self, what: str, job: int, work: int) -> bytes:
        """Returns the packed ``"call"`` or ``"outcome"`` of a work item; large ones lie in files."""
        found = self.request(what, job=job, work=work)
        return self.folder.blob(found).read_bytes() if isinstance(found, str) else found or b""

    def attach(self, job: int, futures: list[Future]) -> None:
        """Has futures resolve with the outcomes of a job that somebody submitted."""
        with self.lock:
            for index, future in enumerate(futures):
                future._bind(self, job, index)
                key = item_key(job, index)
                if key in self.futures:  # The one that submit returned, or of another attach: all are told.
                    self.more.setdefault(key, []).append(future)
                else:
                    self.futures[key] = future
        self.send("watch", {"jobs": [job]})

    def close(self) -> None:
        """Says goodbye; what was submitted goes on."""
        if self.pid != os.getpid():
            return  # We came here by os.fork: the line is our parent's, and goes on.
        with self.lock:
            listener, self._listener = self._listener, None
        if listener is not None and listener is threading.current_thread():
            # The last future has resolved, and nobody holds its executor any more: the thread ends by itself.
            listener.last = self._finish
            listener.stopping = True
            return
        if listener is not None:
            listener.stop()
        self._finish()

    def _finish(self) -> None:
        with self.lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            if self._line is not None:
                self._line.send(wire.pack("bye", {}))
                self._line.close(linger=is_held(self.folder.lock))
                self._line = None
            if self._alive is not None:
                self._alive.release()
                self._alive = None
        self.welcomed.clear()
