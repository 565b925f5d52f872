"""Who is compared. A peer's library is imported only where that peer runs."""

from __future__ import annotations

from importlib import import_module

from ..model import Peer

ROOMS = {
    "us": ("us", "Us"),
    "us-full": ("us", "UsFull"),
    "ppe": ("pools", "ProcessPool"),
    "pebble": ("pebble", "Pebble"),
    "mpire": ("mpire", "Mpire"),
    "loky": ("loky", "Loky"),
    "dask": ("dask", "Dask"),
    "ipyparallel": ("ipyparallel", "IPyParallel"),
    "executorlib": ("executorlib", "ExecutorLib"),
    "executorlib-nodep": ("executorlib", "ExecutorLibAlone"),
    "process": ("process", "ProcessEach"),
    "raw": ("raw", "RawBrokered"),
    "raw-direct": ("raw", "RawDirect"),
    "sqlite": ("sqlite", "Sqlite"),
    "us-slurm": ("slurm", "UsOnSlurm"),
    "submitit": ("slurm", "SubmitIt"),
    "submitit-sequence": ("slurm", "SubmitItByHand"),
    "executorlib-slurm": ("slurm", "ExecutorLibOnSlurm"),
    "us-dask": ("dask_cluster", "UsOnDask"),
    "dask-map": ("dask_cluster", "DaskItself"),
}
"""Name on the command line, room, class; in the order of the tables."""

OURS = ("us", "us-full")
POOLS = ("ppe", "pebble", "mpire", "loky")
BROKERED = ("dask", "ipyparallel")
EXECUTORLIB = ("executorlib", "executorlib-nodep")
OTHERS = (*POOLS, *BROKERED, *EXECUTORLIB)
ON_SLURM = ("us-slurm", "submitit", "submitit-sequence", "executorlib-slurm")
ON_DASK = ("us-dask", "dask-map")
LIMITS = ("raw", "raw-direct", "sqlite")


def find(name: str) -> type[Peer]:
    """Returns the class of a peer."""
    room, cls = ROOMS[name]
    found: type[Peer] = getattr(import_module(f"{__name__}.{room}"), cls)
    return found
