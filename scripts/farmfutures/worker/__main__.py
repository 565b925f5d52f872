"""``python -m farmfutures.worker``: a supervisor, described on standard input."""

from .supervisor import main

if __name__ == "__main__":
    main()
