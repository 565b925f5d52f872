"""Each way of not reaching a scheduler is named, with what to do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farmfutures.engines.dask import link, reach
from farmfutures.engines.dask.launcher import DaskLauncher
from farmfutures.errors import EngineUnavailableError
from farmfutures.settings import Settings

from ...dask_cluster import Certificates, DaskCluster


@pytest.fixture
def good(dask_cluster: DaskCluster) -> Settings:
    return Settings.load(dask_cluster.environ)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Another authority, and a certificate of that."""
    return Certificates(tmp_path_factory.mktemp("stranger") / "tls")


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of something that is no scheduler: it says one line, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket) -> None:
    try:
        while True:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"220 mail.example ESMTP\r\n")
    except OSError:
        pass  # The test is over.


def test_a_good_way_is_well(good: Settings) -> None:
    found = list(reach.steps(good))
    assert [finding.what for finding in found] == ["address", "tls", "connection", "trust"]
    assert all(finding.well for finding in found)
    assert reach.problem(good) == ""


@pytest.mark.parametrize(
    ("given", "what", "said"),
    [
        ({"dask_scheduler": ""}, "address", "no Dask scheduler is set"),
        ({"dask_scheduler": "tls://nowhere"}, "address", "'tls://nowhere' is no address"),
        ({"dask_scheduler": "http://here:80"}, "address", "'http://here:80' is no address"),
        ({"dask_scheduler": "tls://here:x"}, "address", "'tls://here:x' is no address"),
        ({"dask_scheduler": "tcp://here:80"}, "tls", "says tcp://"),
        ({"dask_tls_key": ""}, "tls", "'dask_tls_key' is empty"),
        ({"dask_tls_ca": "/no/ca.pem"}, "tls", "there is no file /no/ca.pem"),
        ({"dask_scheduler": "tls://no-host.invalid:8786"}, "connection", "no host no-host.invalid"),
        ({"dask_scheduler": "tls://127.0.0.1:1"}, "connection", "nothing listens at tls://127.0.0.1:1"),
    ],
)
def test_what_is_wrong_is_named(good: Settings, given: dict[str, str], what: str, said: str) -> None:
    changes: dict[str, Any] = dict(given)
    *before, last = reach.steps(replace(good, **changes))
    assert all(finding.well for finding in before)
    assert (last.what, last.well) == (what, False)
    assert said in last.text
    assert last.help


Change = Callable[[Settings, Certificates], Settings]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s, other: replace(s, dask_tls_ca=str(other.ca)), "not of the authority"),
        (lambda s, other: replace(s, dask_tls_cert=str(other.cert), dask_tls_key=str(other.key)), "refused our certificate"),
        (lambda s, other: replace(s, dask_tls_key=str(other.key)), "don't belong together"),
    ],
)
def test_certificates_that_are_not_trusted_are_named_and_nothing_hangs(
    good: Settings, stranger: Certificates, change: Change, said: str
) -> None:  # fmt: skip
    settings = change(good, stranger)
    assert said in reach.problem(settings)
    launcher = DaskLauncher(settings)
    with pytest.raises(EngineUnavailableError, match=said):
        launcher.find("ff-1-0-a")
    launcher.close()


def test_something_else_at_that_port_is_named(good: Settings, silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "CONNECT_S", 1.0)
    settings = replace(good, dask_scheduler=f"tls://127.0.0.1:{silent}")
    assert "speaks no TLS" in reach.problem(settings)
    plain = Settings(dask_scheduler=f"tcp://127.0.0.1:{silent}")
    launcher = DaskLauncher(plain)
    with pytest.raises(EngineUnavailableError, match="no connection to Dask's scheduler"):
        launcher.find("ff-1-0-a")
    launcher.close()


def test_an_address_without_protocol_gets_the_one_of_its_files() -> None:
    assert reach.address(Settings(dask_scheduler="here:8786")) == "tcp://here:8786"
    assert reach.address(Settings(dask_scheduler="here:8786", dask_tls_ca="ca.pem")) == "tls://here:8786"


def test_a_cluster_without_tls_is_called_what_it_is(good: Settings) -> None:
    found = list(reach.steps(Settings(dask_scheduler="tcp://127.0.0.1:1")))
    assert "any code" in found[1].text


def test_a_python_without_dask_is_told_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineUnavailableError, match=r"pip install 'farmfutures\[dask\]'"):
        link.dask()
