"""Calls and outcomes to bytes and back: the only room that imports pickle and cloudpickle.

A packed call starts with one letter: ``P`` (pickled by reference), ``V`` (cloudpickle, by value: lambdas, closures and
what lives in ``__main__``). Functions that are given as ``"package.module:function"``, and Maya's commands, travel
inside either as a `ByName`, which looks the function up where the call runs.

A packed outcome starts with ``r`` (a result), ``e`` (an exception and its traceback as text) or ``t`` (the text alone).
Outcomes are loaded once on the worker before they count, so that a broken pickle never reaches the client.
"""

from __future__ import annotations

import io
import pickle
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from .errors import CallError, NotLoadableError, RemoteError, RemoteSystemExit, ResultError
from .pieces import Pieces, is_large

PROTOCOL = 5
"""Every Python that we support (3.11 and later) reads it."""

_NAMED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_PRIMITIVES = frozenset({type(None), bool, int, float, str, bytes})
_TEXT_LIMIT = 256 * 1024
_RESULT, _TEXT = ord("r"), ord("t")
_NOTHING = b"r" + pickle.dumps(None, PROTOCOL)
_SUMMARY_BYTES = 64 * 1024


class ByName:
    """A function that is looked up by ``"package.module:qualified.name"`` when it is called."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> tuple[type[ByName], tuple[str]]:
        return type(self), (self.name,)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Looks the function up and calls it."""
        return resolve(self.name)(*args, **kwargs)


def resolve(name: str) -> Any:
    """Returns what ``"package.module:qualified.name"`` names, importing the module.

    Raises:
        ImportError: The module can't be imported.
        AttributeError: The module has no such member.
    """
    module, _, path = name.partition(":")
    found: Any = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found


def function_name(function: Any) -> str:
    """Returns ``module.name`` of a callable or of a ``"module:name"`` string, for people to read."""
    if isinstance(function, str):
        return function.replace(":", ".")
    inner = getattr(function, "func", function)
    name = getattr(inner, "__qualname__", None) or type(inner).__name__
    module = getattr(inner, "__module__", None)
    return f"{module}.{name}" if module else str(name)


def pack_call(function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes | Pieces:
    """Packs one call; one with large arguments in pieces.

    Args:
        function: A callable, or ``"package.module:function"``.
        args: Positional arguments.
        kwargs: Keyword arguments.

    Raises:
        CallError: Something can't be pickled; the message has the path to it.
    """
    function = _portable(function)
    for value in (*args, *kwargs.values()) if kwargs else args:
        if is_large(value):
            return _pack_large(function, args, kwargs)
    try:
        data = pickle.dumps((function, args, kwargs), PROTOCOL)
    except Exception:
        return _pack_by_value(function, args, kwargs)
    # A reference into __main__ pickles well here and is not there on the worker.
    return b"P" + data if b"__main__" not in data else _pack_by_value(function, args, kwargs)


def _pack_large(function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes | Pieces:
    pieces = Pieces(b"P")
    try:
        pickle.Pickler(pieces, PROTOCOL).dump((function, args, kwargs))
    except Exception:
        return _pack_by_value(function, args, kwargs)
    return pieces if not pieces.mentions(b"__main__") else _pack_by_value(function, args, kwargs)


def _portable(function: Any) -> Any:
    if isinstance(function, str):
        if not _NAMED.fullmatch(function):
            raise CallError(f"{function!r} does not name a function: write it as 'package.module:function'.")
        return ByName(function)
    if not callable(function):
        raise CallError(f"{function!r} can't be called: give a function, or its name as 'package.module:function'.")
    name = maya_command(function)
    return ByName(name) if name else function


def maya_command(function: Any) -> str | None:
    """Returns ``"maya.cmds:nodeType"`` for a command of Maya, else None.

    Maya makes its commands at run time: they are compiled functions that pickle can't find again by what they say of
    themselves, so they are recognised by identity.
    """
    name = getattr(function, "__name__", None)
    if isinstance(name, str):
        for module in ("maya.cmds", "maya.mel"):
            if module in sys.modules and getattr(sys.modules[module], name, None) is function:
                return f"{module}:{name}"
    return None


def _pack_by_value(function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes:
    try:
        return b"V" + dumps_by_value((function, args, dict(kwargs)))
    except Exception as error:
        from . import _culprit

        path, member, cause = _culprit.find(function, args, kwargs, dumps_by_value, error)
        raise CallError(
            f"{path} can't be sent to a worker: {_culprit.brief(member)} can't be pickled "
            f"({type(cause).__name__}: {cause}). Send what it is made from (a name, a path, plain data) instead, "
            "and build it inside the function."
        ) from error


def dumps_by_value(value: Any) -> bytes:
    """Pickles with cloudpickle, Maya's commands by name."""
    # Imported late: it costs 20 ms, and most programs only ever send functions of importable modules.
    import cloudpickle  # type: ignore[import-untyped, unused-ignore]

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc, unused-ignore]
        def reducer_override(self, obj: Any) -> Any:
            name = maya_command(obj) if callable(obj) else None
            return (resolve, (name,)) if name else super().reducer_override(obj)

    with io.BytesIO() as file:
        Pickler(file, PROTOCOL).dump(value)
        return file.getvalue()


def dumps_with_module(function: Callable[..., Any], value: Any) -> bytes:
    """Pickles a value with all that the module of a function defines: a worker may not be able to import that.

    Raises:
        CallError: Something in it can't be pickled.
    """
    import cloudpickle

    module = sys.modules[function.__module__]
    cloudpickle.register_pickle_by_value(module)
    try:
        return dumps_by_value(value)
    except Exception as error:
        name = function_name(function)
        raise CallError(f"{name} can't be sent to a worker ({type(error).__name__}: {error}).") from error
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def loads(data: bytes) -> Any:
    """Loads what `dumps_by_value` or `dumps_with_module` made."""
    return pickle.loads(data)


def unpack_call(data: bytes | memoryview) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
    """Returns function, positional and keyword arguments of a packed call.

    A path of the other platform (``WindowsPath`` here, say) can't be made here; it arrives as its pure form.
    """
    packed = memoryview(data)[1:]
    try:
        function, args, kwargs = pickle.loads(packed)
    except NotImplementedError:
        function, args, kwargs = _Foreign(io.BytesIO(packed)).load()
    return function, args, kwargs


class _Foreign(pickle.Unpickler):
    """Loads paths of any platform. Not used where all is well: it asks Python about every name."""

    def find_class(self, module: str, name: str) -> Any:
        """Looks a name up, with pure paths for those that touch a file system."""
        if module.partition(".")[0] == "pathlib" and name in ("WindowsPath", "PosixPath"):
            name = f"Pure{name}"
        return super().find_class(module, name)


def load_call(path: Path) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
    """The same for one in a file. Large values are read to where they stay."""
    with path.open("rb") as file:
        file.seek(1)
        try:
            function, args, kwargs = pickle.load(file)
        except NotImplementedError:
            file.seek(1)
            function, args, kwargs = _Foreign(file).load()
    return function, args, kwargs


def summarise(data: bytes, limit: int = 120) -> str:
    """Says what a packed call is without running any of it: the names and values in it, shortened."""
    import pickletools  # These late imports are for the few who need them: importing us must cost next to nothing.

    words: list[str] = []
    try:
        for op, argument, _ in pickletools.genops(data[1 : 1 + _SUMMARY_BYTES]):
            if argument is not None and op.name not in _NOISE:
                words.append(str(argument) if isinstance(argument, str) else repr(argument))
            elif op.name in _CONSTANTS:
                words.append(_CONSTANTS[op.name])
    except ValueError:
        words.append("...")
    text = " ".join(word if len(word) <= 40 else word[:37] + "..." for word in words)
    return text if len(text) <= limit else text[: limit - 3] + "..."


_NOISE = frozenset({"PROTO", "FRAME", "MEMOIZE", "BINGET", "LONG_BINGET", "BINPUT", "LONG_BINPUT", "PUT", "GET"})
_CONSTANTS = {"NONE": "None", "NEWTRUE": "True", "NEWFALSE": "False"}


def pack_result(value: Any) -> bytes | Pieces:
    """Packs a result, a large one in pieces, and loads it once to be sure that it can be.

    Raises:
        ResultError: It can't be pickled; the message has its type and the path to the bad member.
    """
    if type(value) in _PRIMITIVES:
        if value is None:
            return _NOTHING
        if is_large(value):
            pieces = Pieces(b"r")
            pickle.Pickler(pieces, PROTOCOL).dump(value)
            return pieces
        return b"r" + pickle.dumps(value, PROTOCOL)
    try:
        data = _dump_anyhow(value)
        pickle.loads(data)
    except Exception as error:
        from . import _culprit

        path, member, cause = _culprit.find_in("result", value, _round_trip, error)
        raise ResultError(
            f"the call returned a {type(value).__module__}.{type(value).__qualname__} that can't be sent back: {path} is "
            f"{_culprit.brief(member)} ({type(cause).__name__}: {cause}). Return plain data instead."
        ) from None
    return b"r" + data


def _dump_anyhow(value: Any) -> bytes:
    try:
        data = pickle.dumps(value, PROTOCOL)
    except Exception:
        return dumps_by_value(value)
    return data if b"__main__" not in data else dumps_by_value(value)


def _round_trip(value: Any) -> bytes:
    data = _dump_anyhow(value)
    pickle.loads(data)
    return data


def pack_exception(error: BaseException) -> bytes:
    """Packs an exception with its traceback; one that can't travel goes as text."""
    text = _clip("".join(traceback.format_exception(error)))
    if isinstance(error, SystemExit):
        error = RemoteSystemExit(f"the call ended by sys.exit({error.code!r})", _plain(error.code))
    if not isinstance(error, (KeyboardInterrupt, GeneratorExit)):
        try:
            data = _dump_anyhow((error, text))
            if type(pickle.loads(data)[0]).__qualname__ == type(error).__qualname__:
                return b"e" + data
        except Exception:
            pass  # Some exceptions can't be pickled, or can't be loaded: the text below says all of it.
    return b"t" + text.encode("utf-8", "replace")


def _plain(code: Any) -> Any:
    return code if type(code) in _PRIMITIVES else repr(code)


def _clip(text: str) -> str:
    if len(text) <= _TEXT_LIMIT:
        return text
    half = _TEXT_LIMIT // 2
    return f"{text[:half]}\n... {len(text) - _TEXT_LIMIT} characters left out ...\n{text[-half:]}"


class RemoteTraceback(Exception):
    """The traceback on the worker, as the cause of an exception that came back."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f'\n"""\n{self.text}"""'


def unpack_outcome(data: bytes | memoryview) -> tuple[Any, BaseException | None]:
    """Returns (result, None) or (None, exception) of a packed outcome."""
    view = memoryview(data)
    kind = view[0]
    if kind == _TEXT:
        return None, _remote_error(str(view[1:], "utf-8", "replace"))
    try:
        value = pickle.loads(view[1:])
    except Exception as error:
        return None, _not_loadable(kind, error)
    if kind == _RESULT:
        return value, None
    exception, text = value
    exception.__cause__ = RemoteTraceback(text)
    return None, exception


def load_outcome(path: Path) -> tuple[Any, BaseException | None]:
    """The same for an outcome in a file. A large result is read to where it stays.

    Raises:
        OSError: The file can't be read.
    """
    with path.open("rb") as file:
        if file.read(1) != b"r":
            file.seek(0)
            return unpack_outcome(file.read())
        try:
            return pickle.load(file), None
        except OSError:
            raise
        except Exception as error:
            return None, _not_loadable(_RESULT, error)


def _remote_error(text: str) -> RemoteError:
    last = text.strip().rpartition("\n")[2]
    error = RemoteError(f"the call failed with an exception that can't travel: {last[:500]}")
    error.__cause__ = RemoteTraceback(text)
    return error


def _not_loadable(kind: int, error: Exception) -> NotLoadableError:
    what = "result" if kind == _RESULT else "exception"
    return NotLoadableError(
        f"the {what} of this call can't be loaded here ({type(error).__name__}: {error}); it is kept by the engine: "
        "make the module that defines it importable and ask result() again."
    )


def error_line(data: bytes | memoryview) -> str | None:
    """Returns one line about a packed outcome that is a failure, without unpickling it; None for a result."""
    text = error_text(data)
    return None if text is None else last_line(text)[:500]


def last_line(text: str) -> str:
    """Returns the last line of a traceback that says something."""
    return next((line for line in reversed(text.strip().splitlines()) if line.strip()), "failed")


def error_text(data: bytes | memoryview) -> str | None:
    """Returns the traceback in a packed outcome that is a failure, without unpickling it; None for a result."""
    kind, body = bytes(data[:1]), bytes(data[1:])
    if kind == b"r":
        return None
    return body.decode("utf-8", "replace") if kind == b"t" else _traceback(body) or _longest_text(body)


_TRACEBACK = b"Traceback (most recent call last)"


def _traceback(body: bytes) -> str:
    """Finds the text by the lengths that pickles write before theirs: many failures are looked at while others work."""
    at, found = body.find(_TRACEBACK), b""
    while at >= 0:
        for width, code in ((1, b"\x8c"), (4, b"X")):
            begin = at - width
            size = int.from_bytes(body[max(begin, 0) : at], "little")
            if body[max(begin - 1, 0) : max(begin, 0)] == code and at + size <= len(body):
                found = body[at : at + size]
        at = body.find(_TRACEBACK, at + 1)
    return found.decode("utf-8", "replace")


def _longest_text(body: bytes) -> str:
    import pickletools

    texts = [str(argument) for op, argument, _ in pickletools.genops(body) if op.name.endswith("UNICODE")]
    tracebacks = [text for text in texts if "Traceback (most recent call last)" in text]
    return (tracebacks or texts or ["failed"])[-1]


def pack_failure(error: BaseException) -> bytes:
    """Packs an error of ours, made by the engine rather than by a call: no traceback of interest."""
    return b"e" + pickle.dumps((error, f"{type(error).__module__}.{type(error).__qualname__}: {error}"), PROTOCOL)


def reraise(error: BaseException) -> NoReturn:
    """Raises `error` without keeping this frame's reference to it alive."""
    try:
        raise error
    finally:
        del error
