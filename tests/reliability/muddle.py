"""An interpreter whose line to the broker is bad: what goes through arrives three times, shuffled within ten.

Given as ``interpreter=[python, muddle.py]``; it starts the real one and stands between. ``MUDDLE_SEED`` sets its chance.
"""

from __future__ import annotations

import os
import random
import select
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

COPIES, WINDOW, QUIET_S = 3, 10, 0.003


class Muddle:
    """Holds up to ten frames back and lets go of them in any order."""

    def __init__(self, dice: random.Random, send: Callable[[Any], object]) -> None:
        self.dice = dice
        self.send = send
        self.held: list[Any] = []
        self.count = 0

    def put(self, frame: Any) -> None:
        self.held += [frame] * COPIES
        while len(self.held) >= WINDOW:
            self._let_go(WINDOW)

    def quiet(self) -> None:
        self._let_go(len(self.held))

    def _let_go(self, count: int) -> None:
        frames, self.held = self.held[:count], self.held[count:]
        self.dice.shuffle(frames)
        self.count += len(frames)
        for frame in frames:
            self.send(frame)


def _pump(broker: socket.socket, child: socket.socket, dice: random.Random) -> None:
    from farmfutures.worker import channel

    lines: dict[socket.socket, tuple[Muddle, Callable[[bytes], Any], Callable[[Any], bytes]]] = {
        broker: (Muddle(dice, child.sendall), channel.cut_messages, lambda one: channel.pack_message(one[0], bytes(one[1]))),
        child: (Muddle(dice, broker.sendall), channel.cut_records, lambda one: channel.pack_record(*one)),
    }
    rest = {broker: b"", child: b""}
    while rest:
        ready, _, _ = select.select(list(rest), [], [], QUIET_S)
        for muddle, _, _ in () if ready else lines.values():
            muddle.quiet()
        for end in ready:
            data = end.recv(1 << 18)
            muddle, cut, pack = lines[end]
            if not data:
                muddle.quiet()
                del rest[end]
                (child if end is broker else broker).shutdown(socket.SHUT_WR)
                continue
            found, used = cut(rest[end] + data)
            rest[end] = (rest[end] + data)[used:]
            for one in found:
                muddle.put(pack(one))


def main() -> int:
    *before, number, folder = sys.argv[1:]
    ours, theirs = socket.socketpair()
    theirs.set_inheritable(True)
    child = subprocess.Popen([sys.executable, *before, str(theirs.fileno()), folder], pass_fds=[theirs.fileno()])
    theirs.close()
    _pump(socket.socket(fileno=int(number)), ours, random.Random(int(os.environ["MUDDLE_SEED"])))
    return child.wait()


if __name__ == "__main__":
    sys.exit(main())
