"""Maya's commands; empty until Maya is initialised."""

import os as _os

if _os.environ.get("FARMFUTURES_SIM_INTERACTIVE") == "1":
    from mayasim import startup

    startup.interactive()
