"""Asks a ``mayapy`` for its version, without starting Maya: that would take seconds, and a licence.

``MGlobal.mayaVersion()`` is a static function of Maya's libraries, which a ``mayapy`` can import before it is initialised.
An answer is kept in a file, since an interactive Maya asks on its main thread; it is good for as long as the program and
the libraries beside it stay as they are.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

TIMEOUT_S = 60.0
"""An installation on a file server may be that slow the first time."""

_QUESTION = """
import json, sys
answer = {"python": sys.version.split()[0], "version": "", "problem": ""}
try:
    import maya
except ImportError as error:
    answer["problem"] = f"is a Python without Maya ({error})"
else:
    for name in ("maya.api.OpenMaya", "maya.OpenMaya"):
        try:
            answer["version"] = str(__import__(name, fromlist=["MGlobal"]).MGlobal.mayaVersion())
            break
        except Exception:
            pass
print("\\nfarmfutures:" + json.dumps(answer))
sys.stdout.flush()
import os
os._exit(0)
"""
_MARK = "farmfutures:"
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # On Windows a console would flash up over Maya.


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said when it was asked.

    Attributes:
        version: Of Maya, like ``"2026"``; "" where it does not say.
        python: Of its Python.
        problem: Why it is no ``mayapy``, to go after its path; "" if it is one.
    """

    version: str = ""
    python: str = ""
    problem: str = ""


_answers: dict[str, Answer] = {}


def ask(mayapy: Path, *, timeout_s: float = TIMEOUT_S) -> Answer:
    """Asks a program for its version, once for as long as it stays the same file.

    Args:
        mayapy: The real file.
        timeout_s: Seconds to wait for the answer.
    """
    key = _key(mayapy)
    if key not in _answers:
        kept = _kept(key)
        _answers[key] = kept or _ask(mayapy, timeout_s)
        if not kept and not _answers[key].problem:  # What went wrong may be mended.
            _keep(key, _answers[key])
    answer = _answers[key]
    if answer.problem:
        del _answers[key]
    return answer


def _key(mayapy: Path) -> str:
    """Names a program as it is now: another Maya in the same folder has another library folder beside it."""
    marks = [str(mayapy)]
    for path in (mayapy, mayapy.parent, mayapy.parent.parent / "lib"):
        with contextlib.suppress(OSError):
            status = path.stat()
            marks.append(f"{status.st_mtime_ns} {status.st_size} {status.st_ino}")
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:24]


def _ask(mayapy: Path, timeout_s: float) -> Answer:
    try:
        done = subprocess.run(
            [str(mayapy), "-c", _QUESTION], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=timeout_s, check=False, env=_environ(), creationflags=_NO_WINDOW,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Answer(problem=f"did not say its version within {timeout_s:g} s")
    except OSError as error:
        return Answer(problem=f"can't be started ({error.strerror})")
    for line in reversed(done.stdout.splitlines()):
        if line.startswith(_MARK):
            with contextlib.suppress(ValueError, TypeError):
                return Answer(**json.loads(line.removeprefix(_MARK)))
    last = next(iter(reversed(done.stderr.strip().splitlines())), "it printed nothing")
    return Answer(problem=f"is no mayapy: asked for its version, it exited with code {done.returncode} ({last.strip()})")


def _environ() -> dict[str, str]:
    """A Maya's own variables in it make another Maya's Python fail ("Invalid Python Environment")."""
    theirs = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "LD_LIBRARY_PATH", "LD_PRELOAD", "MAYA_LOCATION", "DYLD_LIBRARY_PATH")
    return {name: value for name, value in os.environ.items() if name not in theirs}


def _folder() -> Path:
    """Answers lie with other things that can be found out again."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "farmfutures/cache/mayapy"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/farmfutures/mayapy"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "farmfutures/mayapy"


def _kept(key: str) -> Answer | None:
    try:
        return Answer(**json.loads((_folder() / key).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _keep(key: str, answer: Answer) -> None:
    with contextlib.suppress(OSError):  # A home that can't be written to costs the next process another question.
        path = _folder() / key
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(asdict(answer)), encoding="utf-8")
        os.replace(temporary, path)
