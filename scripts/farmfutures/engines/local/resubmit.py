"""Work items of a job as those of another one."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from .folder import Folder
from .journal import Item
from .schema import item_key, split_key
from .store import Store


def copied(store: Store, folder: Folder, keys: Sequence[int], job: int, changes: Mapping[str, Any]) -> list[tuple[int, Item]]:
    """Returns the (key, item) pairs of a new job.

    Args:
        store: Where the items are.
        folder: Where their large calls are.
        keys: Those of the items, in order.
        job: The new job's id.
        changes: What differs for the whole job: what items said of it themselves goes.
    """
    found = store.items_to_copy(keys)
    pairs = []
    for index, (key, name, extra, call) in enumerate(found):
        more = {what: value for what, value in json.loads(extra or "{}").items() if what not in changes}
        if "call_file" in more:
            more["call_file"] = _copy_file(folder, more["call_file"], f"{job}.{index}.call")
        called = name or str(split_key(key)[1] + 1)
        text = json.dumps(more) if more else ""
        pairs.append((item_key(job, index), (call, "" if called == str(index + 1) else called, text)))
    return pairs


def _copy_file(folder: Folder, file: str, name: str) -> str:
    """Each job has files of its own, since they go with it."""
    path, new = folder.blob(file), folder.blob(name)
    with contextlib.suppress(OSError):
        os.link(path, new)  # Calls are never written again.
        return name
    shutil.copyfile(path, new)
    return name
