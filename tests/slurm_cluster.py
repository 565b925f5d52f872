"""A real Slurm cluster of two nodes on this machine, for tests and for trying: ``python tests/slurm_cluster.py``.

Its daemons run as root, listen on loopback only, and keep everything in one folder of their own; nothing of a Slurm that
may be installed here is touched. Two users of it, on one machine and at the same time, get different ports.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "squeue", "scancel", "scontrol", "sinfo")
NODES = ("n1", "n2")
READY_S, END_S = 20.0, 10.0

_CONF = """
ClusterName=ff
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/sock,cred_expire=5
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/%n.log
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PriorityType=priority/multifactor
PriorityWeightAge=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
MessageTimeout=2
MaxArraySize={array_size}
JobCompType=jobcomp/none
SlurmdTimeout=5
ReturnToService=2
MinJobAge={keep_s}
KillWait=2
Licenses=maya:2,mtoa:1
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2 RealMemory=1000 Features=maya2026,gpu
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2 RealMemory=1000 Features=maya2027
PartitionName=farm Nodes=n[1-2] Default=YES PriorityTier=1
PartitionName=urgent Nodes=n[1-2] PriorityTier=9
PartitionName=closed Nodes=n2 State=INACTIVE
"""


def why_not() -> str:
    """Returns why there can be no cluster here, "" where there can."""
    lost = [program for program in PROGRAMS if shutil.which(program, path=_PATH) is None]
    if lost:
        return f"it needs Slurm ({', '.join(lost)} not found); on Debian and Ubuntu: apt-get install slurm-wlm munge"
    return "" if os.geteuid() == 0 else "it needs root: Slurm's nodes start what they are given as its owner"


_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


class Cluster:
    """Slurm on loopback: a controller, and the nodes n1 (maya2026, gpu) and n2 (maya2027), of two processors each.

    Licences are ``maya:2,mtoa:1``; partitions ``farm``, ``urgent`` (which preempts it) and ``closed``, which takes nothing.

    Args:
        array_size: One more than the highest number in a job array.
        keep_s: How long Slurm knows jobs that have ended.
        conf: Further lines of slurm.conf.
    """

    def __init__(self, array_size: int = 1001, keep_s: int = 3600, conf: str = "") -> None:
        # Short: a unix socket lies in it. Open to all: munge insists that everybody may reach its socket.
        self.folder = Path(tempfile.mkdtemp(prefix="ffs-", dir="/tmp"))
        self.folder.chmod(0o755)
        (self.folder / "owner.pid").write_text(str(os.getpid()))
        for name in ("state", "log", "munge", *(f"spool.{node}" for node in NODES)):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o755)
        self.conf = self.folder / "slurm.conf"
        text = _CONF.format(
            host=socket.gethostname().partition(".")[0], folder=self.folder, ports=_free_ports(3), array_size=array_size,
            keep_s=keep_s,
        )  # fmt: skip
        self.conf.write_text(text + conf)
        self.environ = {"PATH": _PATH, "SLURM_CONF": str(self.conf), "TMPDIR": str(self.folder), "HOME": os.path.expanduser("~")}

    def __enter__(self) -> Cluster:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- the whole

    def start(self) -> None:
        """Starts everything, and returns when both nodes can be used."""
        _end_orphans()
        munge = self.folder / "munge"
        key = os.open(munge / "key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(key, secrets.token_bytes(128))
        os.close(key)
        files = [f"--{name}-file={munge / name}" for name in ("key", "pid", "log", "seed")]
        self.run("munged", *files, f"--socket={munge / 'sock'}")
        self.start_controller()
        for node in NODES:
            self.start_node(node)
        self.wait_until_idle()

    def stop(self) -> None:
        """Ends everything, and removes the folder."""
        if self.controller_pid:
            self.cancel_all()
        for node in NODES:
            self.kill_node(node)
        self.stop_controller()
        _end(_pid(self.folder / "munge" / "pid"))
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *command: str, check: bool = True) -> str:
        """Runs a command of Slurm's, and returns what it prints."""
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=30, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}\n{self._log()}")
        return done.stdout

    def _log(self) -> str:
        log = self.folder / "log" / "slurmctld.log"
        return "\n".join(log.read_text().splitlines()[-20:]) if log.exists() else ""

    def wait_until_idle(self) -> None:
        """Waits until no job is left and both nodes may be used."""
        _until(lambda: self._is_idle(), READY_S, self._state)

    def _is_idle(self) -> bool:
        nodes = self.run("sinfo", "--noheader", "--format=%T %D", "--partition=farm", check=False).split()
        return nodes == ["idle", str(len(NODES))] and not self.jobs()

    def _state(self) -> str:
        return f"{self.run('sinfo', '--long', '--Node', check=False)}{self.run('squeue', check=False)}{self._log()}"

    def jobs(self) -> list[str]:
        """What is not over, as ``"17_3 RUNNING"``."""
        return self.run("squeue", "--noheader", "--array", "--format=%i %T", check=False).splitlines()

    def cancel_all(self) -> None:
        """Takes every job away."""
        with contextlib.suppress(RuntimeError, subprocess.TimeoutExpired):
            self.run("scancel", "--user=root", check=False)

    # --- its parts

    @property
    def controller_pid(self) -> int:
        """The controller's process, 0 where there is none."""
        return _pid(self.folder / "slurmctld.pid")

    def start_controller(self) -> None:
        """Starts the controller, which goes on where the last one stopped."""
        self.run("slurmctld")
        _until(lambda: "UP" in self.run("scontrol", "ping", check=False), READY_S, self._log)

    def stop_controller(self, *, kill: bool = False) -> None:
        """Ends the controller; jobs go on."""
        _end(self.controller_pid, signal.SIGKILL if kill else signal.SIGTERM)
        (self.folder / "slurmctld.pid").unlink(missing_ok=True)

    def start_node(self, node: str) -> None:
        """Starts a node."""
        self.run("slurmd", "-N", node)

    def kill_node(self, node: str) -> None:
        """Has a node die as a machine does that loses its power: with all that runs on it."""
        pid = _pid(self.folder / f"{node}.pid")
        # Before the daemon: what it has started can be found as long as it lives, and is told by its node's name later.
        for process in [*self.steps(node), *_alive([pid])]:
            _kill_tree(process)
        (self.folder / f"{node}.pid").unlink(missing_ok=True)

    def lose_node(self, node: str) -> None:
        """Has a node die, and Slurm notice it at once: by itself it takes half a minute."""
        self.kill_node(node)
        self.run("scontrol", "update", f"nodename={node}", "state=down", "reason=lost")

    def steps(self, node: str = "") -> list[psutil.Process]:
        """The processes of Slurm that look after jobs that run now, on one node or on all."""
        logs = {str(self.folder / "log" / f"{name}.log") for name in ([node] if node else NODES)}
        return [process for process in psutil.process_iter() if _is_step(process, logs)]


def _is_step(process: psutil.Process, logs: set[str]) -> bool:
    """Whether it is one of these nodes. They overwrite their environment, but keep the node's log open."""
    try:
        return process.name() == "slurmstepd" and bool({file.path for file in process.open_files()} & logs)
    except (psutil.Error, OSError):
        return False  # It has ended in this moment.


def _end_orphans() -> None:
    """Ends clusters whose owners were killed, and could not do so."""
    for folder in Path("/tmp").glob("ffs-*"):
        owner = _pid(folder / "owner.pid")
        if owner and not _alive([owner]):
            for process in _alive([_pid(file) for file in (*folder.glob("*.pid"), folder / "munge" / "pid")]):
                if process.name() in ("slurmctld", "slurmd", "munged"):  # Numbers of processes are used again.
                    _end(process.pid, signal.SIGKILL)
            shutil.rmtree(folder, ignore_errors=True)


def _pid(file: Path) -> int:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 0


def _alive(pids: list[int]) -> list[psutil.Process]:
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            found += [process] if pid and process.status() != psutil.STATUS_ZOMBIE else []
    return found


def _kill_tree(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.Error):
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                each.kill()


def _end(pid: int, how: int = signal.SIGTERM) -> None:
    """Ends a daemon, and waits until it has gone."""
    if not _alive([pid]):
        return
    os.kill(pid, how)
    try:
        _until(lambda: not _alive([pid]), END_S, lambda: f"process {pid}")
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)


def _until(true: Callable[[], object], seconds: float, state: Callable[[], object]) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {state()}")
        time.sleep(0.05)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def _until_interrupted() -> Iterator[None]:
    for number in (signal.SIGINT, signal.SIGTERM):  # A shell has what it starts in the background ignore the first.
        signal.signal(number, signal.default_int_handler)
    yield
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


if __name__ == "__main__":
    if why_not():
        sys.exit(why_not())
    with Cluster() as cluster, _until_interrupted():
        print(f"export SLURM_CONF={cluster.conf}", flush=True)
