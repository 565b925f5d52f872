"""``python -m farmfutures.engines.local``: the broker. Clients start it; nobody needs to."""

from __future__ import annotations

import logging
import logging.handlers
import sys

from ...settings import Settings
from ...worker import processes
from .broker import Broker
from .folder import Folder
from .lock import Lock


def main() -> int:
    """Runs the broker of the state folder, unless there is one."""
    settings = Settings.load()
    folder = Folder(settings.state).create()
    lock = Lock(folder.lock)
    if not lock.take():
        return 0  # Another one was first, which is just as good.
    handler = logging.handlers.RotatingFileHandler(folder.broker_log, maxBytes=1 << 20, backupCount=2)
    logging.basicConfig(level=logging.INFO, handlers=[handler], format="%(asctime)s %(levelname)s %(message)s")
    processes.adopt_orphans()
    try:
        broker = Broker(folder, settings)
        broker.stop_on_signals()
        broker.recover()
        broker.announce()
    except Exception:
        logging.exception("the broker could not start")
        return 1
    try:
        broker.serve()
    except Exception:
        logging.exception("the broker stopped by an error; what was accepted is safe in %s", folder.database)
        return 1
    finally:
        broker.close()
        lock.release()
    return 0


if __name__ == "__main__":
    sys.exit(main())
