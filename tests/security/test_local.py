"""Only you can run code as you: S1-S4, S6-S10, S13, S14 for the local engine. S5 is in tests/engines/test_folder.py, S1 to S3
of the wire in tests/engines/test_wire.py; S11 and S12 are about job packages on shared disks, which there are none of yet."""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import zmq

from farmfutures import Executor, Farm
from farmfutures.engines.local import curve, wire
from farmfutures.engines.local.folder import Folder
from farmfutures.errors import BootstrapError, OptionError, StateFolderError
from farmfutures.guard import open_private

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="users and modes of POSIX")

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
CANARY = "canary-93c1f0"
OTHER = 54321
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can act as another user")


@pytest.fixture
def farm(state: Path) -> Iterator[Farm]:
    with Farm() as farm:
        yield farm


@pytest.fixture
def executor(farm: Farm) -> Iterator[Executor]:
    with Executor() as executor:
        yield executor


def family(farm: Farm) -> list[psutil.Process]:
    """The broker and everything below it."""
    status = farm.broker_status()
    assert status is not None
    broker = psutil.Process(int(status["pid"]))
    return [broker, *broker.children(recursive=True)]


def everything(state: Path) -> bytes:
    """All bytes of the state folder."""
    return b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())


def test_s7_the_environment_does_not_travel(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MY_API_TOKEN", "AWS_SECRET_ACCESS_KEY", "STUDIO_PASSWORD", "ANYTHING"):
        monkeypatch.setenv(name, CANARY)
    with Executor() as executor:
        seen = executor.submit("builtins:eval", "dict(__import__('os').environ)").result(20)
        assert executor.submit(divmod, 1, 0).exception(20)
    assert CANARY not in str(seen)
    assert CANARY.encode() not in everything(farm.settings.state)


def test_s7_what_is_named_is_nowhere_but_in_the_job(farm: Farm, executor: Executor) -> None:
    future = executor.submit_ext(os.getenv, ["NAMED"], env={"NAMED": CANARY})
    assert future.result(20) == CANARY
    for process in family(farm):
        assert CANARY not in " ".join(process.cmdline())
    for path in farm.settings.state.rglob("*.log"):
        assert CANARY.encode() not in path.read_bytes()
    assert CANARY not in str(farm.jobs()) + str(farm.items(future.job_id))


def hits(farm: Farm) -> set[str]:
    """Where the canary is seen: files of the state folder, command lines, what ps and we ourselves show."""
    root = farm.settings.state
    found = {
        path.relative_to(root).parts[0]
        for path in root.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes() + path.name.encode()
    }
    shown = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True, check=True).stdout
    lines = {f"command line of {process.pid}" for process in family(farm) if CANARY in " ".join(process.cmdline())}
    jobs = farm.jobs()
    listed = f"{jobs} {[farm.items(job.id) for job in jobs]} {farm.workers()}"
    return found | lines | {where for where, text in (("ps", shown), ("listed", listed)) if CANARY in text}


@pytest.mark.skipif(sys.platform != "linux", reason="as ps of Linux has it")
def test_s7_a_secret_is_in_its_file_and_nowhere_else(farm: Farm, executor: Executor) -> None:
    seen = "[__import__('os').environ.get(name, '')[:6] for name in ('MY_API_TOKEN', 'PLAIN')]"
    assert executor.submit_ext("builtins:eval", [seen], env={"MY_API_TOKEN": CANARY}).result(20) == ["canary", ""]
    with executor.batch("secrets", env={"MY_API_TOKEN": "x"}, secret_env={"PLAIN": CANARY}) as batch:
        batch.submit("builtins:eval", seen)
        batch.submit(divmod, 1, 0)
    assert batch.futures[0].result(20) == ["x", "canary"]
    error = batch.futures[1].exception(20)
    assert CANARY not in "".join(traceback.format_exception(error)) + batch.futures[1].log()
    assert hits(farm) == {"secrets"}


@pytest.mark.skipif(sys.platform != "linux", reason="as ps of Linux has it")
def test_s7_no_hit_while_it_runs_when_it_dies_and_after_the_broker_has_gone(farm: Farm, executor: Executor) -> None:
    secret = {"env": {"MY_API_TOKEN": CANARY}}
    used = "'canary' in __import__('os').environ['MY_API_TOKEN']"
    running = executor.submit_ext("time:sleep", [30], **secret)
    assert executor.submit_ext("builtins:eval", [used], **secret).result(20)
    assert hits(farm) == {"secrets"}
    running.kill()
    assert executor.submit_ext(os._exit, [3], **secret).exception(20)
    assert executor.submit_ext("builtins:eval", ["no such code"], **secret).exception(20)
    assert hits(farm) == {"secrets"}
    assert repr(executor).find(CANARY) < 0
    farm.stop_broker(timeout_s=20)
    root = farm.settings.state
    assert {
        path.relative_to(root).parts[0] for path in root.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()
    } == {
        "secrets"  # Two of these jobs may be retried.
    }
    # A broker that was started anew finds them.
    assert executor.submit_ext("builtins:eval", [used], **secret).result(20)


def test_s7_jobs_with_the_same_secrets_share_an_interpreter_and_others_do_not(farm: Farm, executor: Executor) -> None:
    pids = [executor.submit_ext(os.getpid, env={"A_KEY": value}).result(20) for value in ("1", "1", "2")]
    assert pids[0] == pids[1] != pids[2]


def test_s7_secrets_of_a_job_that_is_complete_are_gone_when_the_broker_is(farm: Farm, executor: Executor) -> None:
    assert executor.submit_ext(abs, [-1], env={"A_KEY": CANARY}).result(20) == 1
    folder = farm.settings.state / "secrets"
    (kept,) = [path for path in folder.iterdir() if path.name != "key"]
    os.utime(kept, (1, 1))  # As if a while had passed.
    farm.stop_broker(timeout_s=20)
    assert [path.name for path in folder.iterdir()] == ["key"]


def test_s7_secrets_that_are_lost_are_said_in_a_sentence(farm: Farm, executor: Executor) -> None:
    assert executor.submit_ext(os.getenv, ["A_KEY"], env={"A_KEY": "1"}).result(20) == "1"
    (job, *_) = farm.jobs()
    failing = executor.submit_ext("builtins:eval", ["1/0"], env={"B_KEY": "2"})
    assert failing.exception(20)
    for path in (farm.settings.state / "secrets").iterdir():
        path.unlink()
    farm.stop_broker(timeout_s=20)
    farm.retry(failing.job_id)
    (again,) = executor.attach(failing.job_id)
    error = again.exception(20)
    assert isinstance(error, BootstrapError)
    assert "the values of B_KEY are no longer kept" in str(error)


def test_s7_a_secret_of_a_single_work_item_is_refused(farm: Farm, executor: Executor) -> None:
    with executor.batch("items") as batch, pytest.raises(OptionError, match=r"env\['MY_TOKEN'\] looks like a secret"):
        batch.submit_ext(abs, [1], env={"MY_TOKEN": CANARY})
    with executor.batch("items") as batch, pytest.raises(OptionError, match=r"env\['DB'\] looks like a secret"):
        batch.submit_ext(abs, [1], env={"DB": f"postgres://me:{CANARY}@db"})
    spec, _ = executor._prepare({"env": {"DB": f"postgres://me:{CANARY}@db", "SHOW": "orrery"}})
    assert (list(spec.launch.secrets), spec.launch.env.get("SHOW")) == (["DB"], "orrery")
    with pytest.raises(OptionError) as caught:
        executor.submit_ext(abs, [1], env={"MY_TOKEN": CANARY.encode()})
    assert CANARY not in str(caught.value)


def test_s8_no_keys_on_command_lines_or_in_environments(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_TRANSPORT", "tcp")
    with Executor() as executor, Farm() as farm:
        executor.submit(abs, 1).result(20)
        keys = [key for path in (state / "keys").iterdir() for key in path.read_bytes().split(b"\n")]
        for process in family(farm):
            shown = " ".join([*process.cmdline(), *process.environ().values()]).encode()
            assert not [key for key in keys if key in shown]


def test_s4_files_are_private_from_their_first_moment(farm: Farm, executor: Executor) -> None:
    before = os.umask(0)
    try:
        executor.submit(print, "hello").result(20)
        executor.submit(bytes, 1_000_000).result(20)
    finally:
        os.umask(before)
    root = farm.settings.state
    modes = {path.relative_to(root).parts[0]: path.stat().st_mode & 0o077 for path in root.iterdir()}
    assert {name for name, open_to in modes.items() if open_to and (root / name).is_dir()} == set()
    assert root.stat().st_mode & 0o777 == 0o700
    private = [root / "farm.db", *(root / "journals").iterdir()]
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}


@as_root
def test_s4_nobody_reads_a_key_while_it_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o755)
    for parent in (tmp_path, *tmp_path.parents[:3]):
        parent.chmod(parent.stat().st_mode | 0o055)
    script = (
        "import os, sys\nos.setuid(54321)\nprint('ready', flush=True)\nseen = tries = 0\n"
        "while not os.path.exists(sys.argv[1] + '/done') or tries < 10000:\n"
        "    tries += 1\n"
        "    for name in os.listdir(sys.argv[1]):\n"
        "        try:\n            seen += len(open(os.path.join(sys.argv[1], name)).read())\n"
        "        except (PermissionError, FileNotFoundError):\n            pass\n"
        "print(seen)\n"
    )
    spy = subprocess.Popen([sys.executable, "-Ic", script, str(folder)], stdout=subprocess.PIPE, text=True)
    assert spy.stdout is not None
    assert spy.stdout.readline() == "ready\n"
    before = os.umask(0)
    for n in range(1000):
        path = folder / f"key{n % 10}"
        path.unlink(missing_ok=True)
        file = open_private(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        os.write(file, b"secret")
        os.close(file)
    os.umask(before)
    (folder / "done").touch()
    assert spy.communicate(timeout=25)[0] == "0\n"


HOSTILE = [
    "../../escape", "..", ".", "../", "a/../../escape", "..\\..\\escape", "/abs/olute", "//two", "C:\\escape", "C:escape",
    "\\\\server\\share\\escape", "\\\\?\\C:\\escape", "con", "NUL.txt", "com1", "trailing.", "trailing ", "x" * 300,
    "nul\0", "nul\0/escape",
    "\u202ertl", "\ufeffmark", "~/escape", "~root/escape", "$HOME/escape", "%TEMP%\\escape", "file:///escape", "link/escape",
    "a;$(touch pwned)", "`touch pwned`", "| touch pwned", "new\nline", "\r\nline", "\x1b[31mred", "%n%s",
]  # fmt: skip


def test_s6_s14_names_never_become_paths_or_commands(farm: Farm, executor: Executor, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    for name in HOSTILE:
        with executor.batch(name, user=name.replace("\0", "")) as batch:
            batch.submit_ext(print, ["said"], name=name)
        batch.futures[0].result(20)
        assert batch.futures[0].log() == "said\n"
        assert farm.job(batch.job_id).name == name
    assert set(tmp_path.rglob("*")) == before
    assert not [path for path in farm.settings.state.rglob("*") if "escape" in path.name or "pwned" in path.name]
    log = (farm.settings.state / "broker.log").read_text()
    assert "\x1b" not in log
    assert not [line for line in log.splitlines() if not line[:4].isdigit()]  # Each entry is one line.


def test_s9_what_was_seen_can_not_be_played_again(farm: Farm, executor: Executor, tmp_path: Path) -> None:
    """Work is handed over in files that only we can write; messages ring, or ask for something by number."""
    mark = tmp_path / "runs"
    job = executor.submit("builtins:eval", f"open({str(mark)!r}, 'a').write('x') / 0").job_id
    assert executor.attach(job)[0].exception(20)
    status = farm.broker_status()
    assert status is not None
    line = wire.open_line(Folder(farm.settings.state), status["endpoint"], "replay")
    line.hello(wire.pack("hello", {"client": "replay", "version": wire.VERSION, "journals": [], "lease": False}))
    journal = next((farm.settings.state / "journals").glob("*.journal")).name
    for _ in range(1000):
        line.send(wire.pack("bell", {"journal": journal}))
        line.send(wire.pack("request", {"req": 1, "op": "retry", "args": {"job": job, "works": None}}))
    assert executor.submit(abs, -1).result(20) == 1
    line.close(linger=False)
    assert executor.attach(job)[0].exception(20)
    assert mark.read_text() == "xx"  # The verb was done once, not a thousand times.


def test_s10_half_open_connections_and_huge_frames_disturb_nobody(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_TRANSPORT", "tcp")
    with Executor() as executor, Farm() as farm:
        executor.submit(abs, 1).result(20)
        status = farm.broker_status()
        assert status is not None
        port = int(status["endpoint"].rpartition(":")[2])
        alone_s = _hundred(executor)
        before = psutil.Process(status["pid"]).memory_info().rss
        with contextlib.ExitStack() as stack:
            strangers = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(500)]
            for one in strangers[:50]:
                one.sendall(os.urandom(4096))
            for one in strangers[50:60]:
                _send_a_gigabyte(one)
            assert _hundred(executor) < 2 * alone_s + 0.2
            assert psutil.Process(status["pid"]).memory_info().rss - before < 32 * 1024 * 1024


def _hundred(executor: Executor) -> float:
    started = time.monotonic()
    assert list(executor.map(time.sleep, [0.01] * 100)) == [None] * 100
    return time.monotonic() - started


def _send_a_gigabyte(stranger: socket.socket) -> None:
    """Greets as ZMTP 3.1 has it (rfc.zeromq.org/spec/37), then announces a command of 1 GiB and sends what is taken of it."""
    stranger.sendall(b"\xff" + bytes(8) + b"\x7f" + b"\x03\x01" + b"CURVE".ljust(20, b"\0") + b"\0" + bytes(31))
    stranger.settimeout(0.2)
    with contextlib.suppress(OSError):
        stranger.sendall(b"\x06" + (1 << 30).to_bytes(8, "big"))
        for _ in range(64):
            stranger.sendall(bytes(1 << 20))


ATTEMPTS = {
    "list the folder": "os.listdir(state)",
    "read the database": "open(state + '/farm.db', 'rb').read()",
    "read the keys": "os.listdir(state + '/keys')",
    "read a log": "open(log).read()",
    "read a result": "os.listdir(state + '/blobs')",
    "write a journal": "open(state + '/journals/x.1.journal', 'wb')",
    "connect": "socket.socket(socket.AF_UNIX).connect(state + '/broker.sock')",
    "signal the broker": "os.kill(broker, 15)",
    "signal a worker": "os.kill(worker, 9)",
    "read a worker's environment": "open(f'/proc/{worker}/environ', 'rb').read(1) or 1/0",
    "read a worker's memory": "open(f'/proc/{worker}/mem', 'rb').read(1)",
    "replace the socket": "os.rename(state + '/broker.sock', state + '/x')",
}


@as_root
@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_s13_another_user_is_refused(farm: Farm, executor: Executor, tmp_path: Path) -> None:
    state = farm.settings.state
    for parent in state.parents[:2]:
        parent.chmod(0o755)
    future = executor.submit(print, "mine")
    future.result(20)
    (worker, *_) = [worker.pid for worker in farm.workers()]
    facts = f"state={str(state)!r}; log={future.log_path!r}; broker={family(farm)[0].pid}; worker={worker}"
    lines = [f"import os, socket\nos.setgid({OTHER}); os.setuid({OTHER})\n{facts}"]
    for name, code in ATTEMPTS.items():
        lines.append(f"try:\n    {code}\n    print('DONE', {name!r})\nexcept (OSError, ZeroDivisionError): print('refused')")
    # The tests' own user is root, whose processes nobody else may touch in any case; folders are what is tested.
    done = subprocess.run([sys.executable, "-Ic", "\n".join(lines)], capture_output=True, text=True, check=False, timeout=20)
    assert done.stdout.splitlines() == ["refused"] * len(ATTEMPTS), done.stdout + done.stderr
    assert executor.submit(abs, -1).result(20) == 1


def test_s1_the_broker_never_unpickles() -> None:
    found = []
    for path in (SCRIPTS / "farmfutures" / "engines").rglob("*.py"):
        text = path.read_text()
        if "pickle" in text.replace("unpickles", "").replace("pickles", ""):
            found.append(path.name)
    assert found == []


STRANGERS = ["no keys", "wrong server key", "a client key that is unknown", "plain TCP"]


@pytest.mark.parametrize("kind", STRANGERS)
def test_s1_fuzzed_messages_from_a_stranger_reach_nothing(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Each process of ours says when it unpickles something; the interpreters do so for each call, the broker never."""
    (tmp_path / "sitecustomize.py").write_text(
        "import pickle, sys\n"
        "real = pickle.loads\n"
        "def loads(*args, **kwargs):\n"
        f"    open({str(tmp_path / 'loads')!r}, 'a').write(' '.join(sys.orig_argv[2:3]) + '\\n')\n"
        "    return real(*args, **kwargs)\n"
        "pickle.loads = loads\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("FARMFUTURES_TRANSPORT", "tcp")
    with Executor(env={"PYTHONPATH": str(tmp_path)}, cpus=1) as executor, Farm() as farm:
        executor.submit(abs, 1).result(20)
        status: Any = farm.broker_status()
        stranger = threading.Thread(target=_fuzz, args=(kind, status["endpoint"], state))
        stranger.start()
        assert list(executor.map(abs, range(50))) == list(range(50))
        stranger.join()
        again: Any = farm.broker_status()
        assert (again["pid"], again["clients"]) == (status["pid"], status["clients"])
    assert Counter((tmp_path / "loads").read_text().split()) == {"farmfutures.worker.child": 51}


def _fuzz(kind: str, endpoint: str, state: Path) -> None:
    """Sends a thousand messages, or what of them is taken."""
    trap = pickle.dumps(os.getpid)
    if kind == "plain TCP":
        for _ in range(1000):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2]))) as plain:
                plain.sendall(os.urandom(64) + trap)
        return
    context = zmq.Context[zmq.Socket[bytes]]()
    stranger = context.socket(zmq.DEALER)
    stranger.setsockopt(zmq.ROUTING_ID, b"Rstranger")
    if kind != "no keys":
        mine, secret = zmq.curve_keypair()
        real = (state / "keys" / "broker").read_bytes().split(b"\n")[0]
        stranger.setsockopt(zmq.CURVE_SERVERKEY, zmq.curve_keypair()[0] if kind == "wrong server key" else real)
        stranger.setsockopt(zmq.CURVE_PUBLICKEY, mine)
        stranger.setsockopt(zmq.CURVE_SECRETKEY, secret)
    stranger.connect(endpoint)
    for n in range(1000):
        frames = [trap, os.urandom(50)] if n % 2 else wire.pack("hello", {"version": 1, "journals": [], "lease": True}, [trap])
        with contextlib.suppress(zmq.Again):  # Once it was refused, there is nobody to send to.
            stranger.send_multipart(frames, zmq.NOBLOCK)
    stranger.close(0)
    context.term()


@pytest.mark.parametrize("kind", ["open to others", "a link", pytest.param("somebody else's", marks=as_root)])
def test_s4_a_key_file_that_others_may_know_is_refused(tmp_path: Path, kind: str) -> None:
    folder = Folder(tmp_path / "s").create()
    key = folder.keys / "client"
    assert len(curve._keys(folder, "client")) == 2
    if kind == "open to others":
        key.chmod(0o644)
    elif kind == "a link":
        key.symlink_to(key.rename(tmp_path / "elsewhere"))
    else:
        os.chown(key, OTHER, OTHER)
    with pytest.raises(StateFolderError, match="remove it"):
        curve._keys(folder, "client")
