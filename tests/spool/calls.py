"""Calls for runners to run."""

from __future__ import annotations

import os
import time

import farmfutures


def note(path: str, number: int) -> int:
    """Leaves a line behind for each run."""
    with open(path, "a") as file:
        file.write(f"{number} {os.getpid()}\n")
    return number * number


def wait_for(path: str, text: str = "") -> str:
    """Runs until a file is there."""
    print(f"waiting for {path}", flush=True)
    deadline = time.monotonic() + 60
    while not os.path.exists(path):
        farmfutures.progress(1, 2, "waiting")
        if time.monotonic() > deadline:
            raise TimeoutError(path)
        time.sleep(0.01)
    return text


def fail(text: str) -> None:
    raise LookupError(text)


def die(path: str, signal_number: int, times: int) -> str:
    """Dies so often, and then does not."""
    with open(path, "a") as file:
        file.write("x")
    if os.path.getsize(path) <= times:
        os.kill(os.getpid(), signal_number)
    return "lived"
