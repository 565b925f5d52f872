"""``python -m farmfutures.worker CONTROL DATA``: a supervisor, on the sockets that the broker gave it."""

import sys

from .supervisor import main

if __name__ == "__main__":
    main(sys.argv[1:])
