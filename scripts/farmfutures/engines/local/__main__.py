"""``python -m farmfutures.engines.local``: the broker. Clients start it; nobody needs to."""

from __future__ import annotations

import gc
import logging
import logging.handlers
import sqlite3
import sys

from ...errors import FarmFuturesError
from ...settings import Settings
from ...worker import processes
from .broker import Broker
from .folder import Folder
from .lock import Lock

DAMAGED = (
    "the database %s is damaged (%s). It is left as it is; 'farmfutures broker rebuild' saves what can be read into a new one "
    "and keeps the damaged one beside it"
)


def main() -> int:
    """Runs the broker of the state folder, unless there is one."""
    settings = Settings.load()
    folder = Folder(settings.state).create()
    lock = Lock(folder.lock)
    if not lock.take():
        return 0  # Another one was first, which is just as good.
    folder.connection.unlink(missing_ok=True)  # Of one that was killed: nobody is to wait at its door.
    announced = processes.detach()
    handler = logging.handlers.RotatingFileHandler(folder.broker_log, maxBytes=1 << 20, backupCount=2)
    logging.basicConfig(level=logging.INFO, handlers=[handler], format="%(asctime)s %(levelname)s %(message)s")
    processes.adopt_orphans()
    gc.set_threshold(100_000, 20, 20)  # A queue is many objects that live long: looking through them often is waste.
    try:
        broker = Broker(folder, settings)
        broker.stop_on_signals()
        broker.recover()
        broker.announce()
        announced()
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # The second where its own messages are damaged.
        logging.error(DAMAGED, folder.database, error)
        return 1
    except FarmFuturesError as error:
        logging.error("the broker could not start: %s", error)
        return 1
    except Exception:
        logging.exception("the broker could not start")
        return 1
    try:
        broker.serve()
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # The second where its own messages are damaged.
        logging.error(DAMAGED, folder.database, error)
        return 1
    except Exception:
        logging.exception("the broker stopped by an error; what was accepted is safe in %s", folder.database)
        return 1
    finally:
        broker.close()
        lock.release()
    return 0


if __name__ == "__main__":
    sys.exit(main())
