"""Where Prefect keeps its records, unless the user has a server or a home of their own; set before it is imported."""

from __future__ import annotations

import os
from pathlib import Path

OWN = ("PREFECT_API_URL", "PREFECT_HOME", "PREFECT_PROFILE")
CONSOLE_LEVEL = "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"
SETTINGS = {
    # On an empty home and a busy machine the server's first start has taken 40 seconds.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    # The terminal belongs to the summary; the log goes to the server, where the UI shows it.
    CONSOLE_LEVEL: "CRITICAL",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}


def settle(home: Path) -> bool:
    """Keep Prefect's database in `home`, and its voice down; whatever the user has set stands: then it is False.

    The home stays between builds, since making its database costs Prefect several seconds. Raises
    OSError when it cannot be made.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    if any(name in os.environ for name in OWN):
        return False
    home.mkdir(parents=True, exist_ok=True)
    os.environ["PREFECT_HOME"] = str(home.resolve())
    return True
