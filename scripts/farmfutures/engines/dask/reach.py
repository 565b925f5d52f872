"""Why there is no connection to a scheduler: one step after the other, until one fails.

Dask's own words are the same for a wrong port, a wrong host and a machine that is down, and name no file of TLS.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from ...settings import Settings
from ..report import Finding

STEP_S = 5.0
LOCAL = "local"
_FILES = ("dask_tls_ca", "dask_tls_cert", "dask_tls_key")
_EXAMPLE = "tls://scheduler.example:8786"


def address(settings: Settings) -> str:
    """Returns the scheduler's address with its protocol."""
    given = settings.dask_scheduler.strip()
    if not given or given == LOCAL or "://" in given:
        return given
    return f"{'tls' if settings.dask_tls_ca else 'tcp'}://{given}"


def is_local(settings: Settings) -> bool:
    """Whether it is a small cluster of our own."""
    return address(settings) == LOCAL


def steps(settings: Settings, *, connect: bool = True) -> Iterator[Finding]:
    """Yields what was looked at on the way to the scheduler; the one that fails is the last.

    Args:
        settings: For address and files.
        connect: Reach out, too.
    """
    for look in (_address, _files, *((_connects, _trusts) if connect else ())):
        finding = look(settings)
        if finding is not None:
            yield finding
            if not finding.well:
                return


def problem(settings: Settings, *, connect: bool = True) -> str:
    """Returns the first thing that is wrong on the way, and what to do; "" where nothing is. For arguments see `steps`."""
    bad = next((finding for finding in steps(settings, connect=connect) if not finding.well), None)
    return "" if bad is None else f"{sentence(bad.text)} {sentence(bad.help)}"


def sentence(text: str) -> str:
    """Returns text with a capital in front and a full stop behind."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def _address(settings: Settings) -> Finding:
    text = address(settings)
    parts = urlsplit(text)
    if not text:
        return _bad(
            "address", "no Dask scheduler is set",
            f"give the setting 'dask_scheduler' (FARMFUTURES_DASK_SCHEDULER) its address, {_EXAMPLE}, or 'local' to try it out",
        )  # fmt: skip
    if text == LOCAL:
        return Finding("address", True, "a small cluster on this machine, which ends with the process that uses it")
    if parts.scheme not in ("tls", "tcp") or not parts.hostname or _port(text) is None:
        return _bad("address", f"dask_scheduler={settings.dask_scheduler!r} is no address", f"write it as {_EXAMPLE}")
    return Finding("address", True, f"the scheduler is {text}")


def _port(text: str) -> int | None:
    try:
        return urlsplit(text).port
    except ValueError:
        return None


def _files(settings: Settings) -> Finding | None:
    if is_local(settings):
        return None
    given = {name: getattr(settings, name) for name in _FILES}
    if not address(settings).startswith("tls:"):
        return _without_tls(given)
    for name, path in given.items():
        if not path:
            return _bad("tls", f"{settings.dask_scheduler} speaks TLS, and the setting {name!r} is empty", _ABOUT[name])
        if not Path(path).expanduser().is_file():
            return _bad("tls", f"there is no file {path} ({name})", _ABOUT[name])
    try:
        context(settings)
    except (OSError, ValueError) as error:
        return _bad(
            "tls", f"the files of dask_tls_ca, dask_tls_cert and dask_tls_key don't belong together or can't be read ({error})",
            "give the authority's certificate, ours as signed by it, and the key of ours; all in PEM",
        )  # fmt: skip
    return Finding("tls", True, "the files of TLS are there and belong together")


def _without_tls(given: dict[str, str]) -> Finding:
    if any(given.values()):
        return _bad("tls", "the scheduler's address says tcp://, and files of TLS are set", f"write it as {_EXAMPLE}")
    return Finding(
        "tls", True, "the scheduler speaks no TLS: whoever reaches it can run any code on its workers. See docs/dask.md"
    )


_ABOUT = {
    "dask_tls_ca": "it names the certificate of the authority that Dask's scheduler and workers have theirs of",
    "dask_tls_cert": "it names the certificate that we show to the scheduler",
    "dask_tls_key": "it names the key of the certificate that we show to the scheduler",
}


def context(settings: Settings) -> ssl.SSLContext:
    """Returns what a client of this scheduler speaks TLS with. Dask checks who signed, not which host it is, and so do we."""
    made = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=_path(settings.dask_tls_ca))
    made.check_hostname = False
    made.load_cert_chain(_path(settings.dask_tls_cert), _path(settings.dask_tls_key))
    return made


def _path(text: str) -> str:
    return str(Path(text).expanduser())


def _connects(settings: Settings) -> Finding | None:
    text = address(settings)
    if text == LOCAL:
        return None
    try:
        _socket(text).close()
    except socket.gaierror:
        return _bad("connection", f"there is no host {urlsplit(text).hostname}", "look at the setting 'dask_scheduler'")
    except TimeoutError:
        return _bad("connection", f"{text} does not answer in {STEP_S:g} s", "is it up, and does no firewall stand between?")
    except OSError as error:
        why = error.strerror or str(error)
        return _bad("connection", f"nothing listens at {text} ({why})", "start the scheduler, or look at the port")
    return Finding("connection", True, f"something listens at {text}")


def _socket(text: str) -> socket.socket:
    parts = urlsplit(text)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=STEP_S)


def _trusts(settings: Settings) -> Finding | None:
    text = address(settings)
    if not text.startswith("tls:"):
        return None
    try:
        with _socket(text) as plain, context(settings).wrap_socket(plain) as secure:
            secure.recv(1)  # With TLS 1.3 we only hear now that our certificate was refused. Dask's server speaks first.
    except ssl.SSLCertVerificationError as error:
        return _bad(
            "trust", f"the scheduler's certificate is not of the authority in {settings.dask_tls_ca} ({error.verify_message})",
            "take the authority of this cluster, or its address",
        )  # fmt: skip
    except ssl.SSLError as error:
        return _refused(settings, error)
    except OSError as error:
        return _bad("trust", f"{text} broke the connection off ({error})", "is it a Dask scheduler, and does it speak TLS?")
    return Finding("trust", True, "the scheduler and we trust each other's certificates")


def _refused(settings: Settings, error: ssl.SSLError) -> Finding:
    reason = (error.reason or str(error)).replace("_", " ").lower()
    if "wrong version number" in reason or "record layer" in reason:
        return _bad("trust", f"{address(settings)} speaks no TLS", "write tcp:// in its address, or better: start it with TLS")
    return _bad(
        "trust", f"the scheduler refused our certificate {settings.dask_tls_cert} ({reason})",
        "it must be signed by the authority that the scheduler was started with (--tls-ca-file)",
    )  # fmt: skip


def _bad(what: str, text: str, help: str) -> Finding:
    return Finding(what, False, text, help)
