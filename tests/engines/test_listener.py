"""The client's listening thread."""

from __future__ import annotations

import threading

from farmfutures.engines.local.listener import Listener

OF_LATER_PYTHONS = {"_handle", "_os_thread_handle", "_context"}
"""What `threading.Thread` has for itself since Python 3.13 and 3.14: Maya 2027 is a 3.13, the tests may be older."""


def test_nothing_of_ours_hides_what_a_thread_has_for_itself() -> None:
    theirs = set(dir(threading.Thread())) | OF_LATER_PYTHONS
    ours = {name for name in vars(Listener) if not name.startswith("__")} - {"run"}
    assert ours & theirs == set()
