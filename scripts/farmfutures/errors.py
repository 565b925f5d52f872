"""Every error that farmfutures raises, in one tree.

    FarmFuturesError
    ├── SubmitError                     nothing was submitted; mend the call and submit again
    │   ├── OptionError                 (TypeError)          an option is unknown or has a bad value
    │   ├── CallError                   (TypeError, ValueError)  the function or an argument can't travel
    │   ├── RecursionLimitError         (RuntimeError)       jobs that submit jobs went too deep
    │   ├── NotSubmittedError           (RuntimeError)       asked of a future before its batch was committed
    │   ├── RefusedError                (ValueError)         this engine can't do what was asked
    │   ├── StoreFullError              (OSError)            no room on the disk of the state folder
    │   ├── InterpreterNotFoundError    (FileNotFoundError)  no such mayapy or Python on this machine
    │   ├── SceneNotFoundError          (FileNotFoundError)
    │   ├── WorkspaceNotFoundError      (FileNotFoundError)
    │   ├── NotInMayaError              (RuntimeError)       needs a running Maya session
    │   ├── RehearsalError              (RuntimeError)       the job would fail before its first call
    │   ├── MissingVariableError        (LookupError)        paths in the scene use variables that can't travel
    │   ├── SnapshotError               (RuntimeError)       the scene could not be copied
    │   └── PackError                   (RuntimeError)       the scene could not be packed, or a pack not laid out
    ├── EngineError                     the engine, not your call
    │   ├── EngineUnavailableError      (ConnectionError)    it could not be started or reached
    │   ├── StateFolderError            (PermissionError)    its folder is not safely ours
    │   ├── SealError                   (ValueError)         a file in the shared folder is not what we wrote there
    │   ├── PackageError                (RuntimeError)       a job in the shared folder can't be read by this release
    │   └── NoSuchJobError              (LookupError)
    ├── InstallError                    (RuntimeError)       the module, or what its panel needs, is not in place
    ├── WaitCancelledError              (RuntimeError)       somebody pressed Esc while Maya waited; the job goes on
    ├── RenderError                     (RuntimeError)       there is nothing to render, or Maya's Render failed
    ├── BundleError                     (RuntimeError)       a support bundle can't be written, read or replayed
    └── RunError                        came back through a future
        ├── RemoteError                 an exception that could not travel; has the full remote text
        │   └── RemoteSystemExit        the call ended by sys.exit(code), whatever the code
        ├── WorkerDiedError             (BrokenExecutor)     the interpreter died while it ran the call
        │   └── OutOfMemoryError        (MemoryError)        the system killed it for want of memory
        ├── WorkTimeoutError            (TimeoutError)       ran longer than its timeout_s
        ├── BootstrapError              the interpreter could not be made ready
        ├── ResultError                 the result could not be pickled on the worker
        │   └── NotLoadableError        it could not be loaded here; it is kept, and result() may be asked again
        └── KilledError                 somebody killed it

Catch everything with ``except farmfutures.FarmFuturesError``. Each message names the cause, the place and the next step,
and every class survives pickling.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import BrokenExecutor


class FarmFuturesError(Exception):
    """The base of everything that farmfutures raises by itself."""


class SubmitError(FarmFuturesError):
    """Raised in the submitting thread; nothing was submitted."""


class OptionError(SubmitError, TypeError):
    """An option is unknown or has a bad value; the message names the near miss and what is allowed."""


class CallError(SubmitError, TypeError, ValueError):
    """The function or an argument can't be packed; the message names the path to the bad member."""


class RecursionLimitError(SubmitError, RuntimeError):
    """A job submitted a job that submitted a job ... deeper than ``FARMFUTURES_RECURSION_LIMIT``."""


class NotSubmittedError(SubmitError, RuntimeError):
    """Asked of a future whose batch was not committed (yet)."""


class RefusedError(SubmitError, ValueError):
    """The engine can't honour an option, so nothing was submitted."""


class StoreFullError(SubmitError, OSError):
    """The disk that holds the state folder is full; what was accepted before is safe."""


class InterpreterNotFoundError(SubmitError, FileNotFoundError):
    """The interpreter asked for is not on this machine; the message lists where it was looked for."""


class SceneNotFoundError(SubmitError, FileNotFoundError):
    """The scene file doesn't exist."""


class WorkspaceNotFoundError(SubmitError, FileNotFoundError):
    """The workspace folder doesn't exist."""


class NotInMayaError(SubmitError, RuntimeError):
    """This needs a running Maya session."""


class MissingVariableError(SubmitError, LookupError):
    """Paths in the scene use variables that a worker would not have, and the policy refuses to go on without them."""


class SnapshotError(SubmitError, RuntimeError):
    """The open scene could not be copied; the session is as it was."""


class PackError(SubmitError, RuntimeError):
    """A scene could not be packed with what it needs, or a pack could not be laid out where it is opened."""


class RehearsalError(SubmitError, RuntimeError):
    """A job would fail before its first call runs; raised by `Batch.rehearse`, nothing was submitted.

    Attributes:
        problems: Each a sentence: which import, path or call fails, and where.
    """

    def __init__(self, message: str = "", problems: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[type[RehearsalError], tuple[str, tuple[str, ...]]]:
        return type(self), (str(self), self.problems)


class EngineError(FarmFuturesError):
    """Trouble with the engine itself."""


class EngineUnavailableError(EngineError, ConnectionError):
    """The engine could not be started or reached."""


class StateFolderError(EngineError, PermissionError):
    """The state folder is not writable, not private or not ours."""


class SealError(EngineError, ValueError):
    """A file in the shared folder is not what farmfutures wrote there; nothing in it was used."""


class PackageError(EngineError, RuntimeError):
    """A job in the shared folder was written by a release of farmfutures that this one can't follow."""


class NoSuchJobError(EngineError, LookupError):
    """The engine doesn't know this job or work item."""


class InstallError(FarmFuturesError, RuntimeError):
    """The module for Maya could not be put in place or taken away, or the panel lacks Qt; the message says what is left."""


class WaitCancelledError(FarmFuturesError, RuntimeError):
    """Somebody pressed Esc, or *Stop Waiting*, while Maya's main thread waited for futures. What they stand for goes on."""


class RenderError(FarmFuturesError, RuntimeError):
    """There is nothing to render, or Maya's command line renderer failed; then the end of its output is in the message."""


class BundleError(FarmFuturesError, RuntimeError):
    """A support bundle can't be written, read or replayed."""


class RunError(FarmFuturesError):
    """What went wrong where the call ran, when it is not the call's own exception."""


class RemoteError(RunError):
    """Stands in for a remote exception that could not be pickled or loaded; holds its full text."""


class RemoteSystemExit(RemoteError):
    """The call ended by ``sys.exit``; it has no result, so that is an error for code 0 too.

    Attributes:
        code: What was given to ``sys.exit``: usually an int, a str or None.
    """

    def __init__(self, message: str = "", code: object = None) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type[RemoteSystemExit], tuple[str, object]]:
        return type(self), (str(self), self.code)


class WorkerDiedError(RunError, BrokenExecutor):
    """The interpreter died while it ran this call; the message names exit code or signal and the last log lines."""


class OutOfMemoryError(WorkerDiedError, MemoryError):
    """The system killed the interpreter for want of memory; the message says how much it held at most."""


class WorkTimeoutError(RunError, TimeoutError):
    """The call ran longer than its ``timeout_s`` and was killed."""


class BootstrapError(RunError):
    """The interpreter could not be started or made ready.

    Raised *by* a bootstrap function it means: trying again is useless, tell the user this sentence.
    """


class ResultError(RunError):
    """The result could not be pickled on the worker."""


class NotLoadableError(ResultError):
    """The outcome is there and can't be loaded here: a module is missing, say. Asking again tries again."""


class KilledError(RunError):
    """Somebody killed this work item."""
