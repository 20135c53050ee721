"""Loaded before pyarrow by programs that have no use for pandas: pyarrow imports it where it can, for 0.3 seconds.

They rarely look for cycles among Python's objects, too: there are few, and none of them holds a table.
"""

from __future__ import annotations

import gc
import sys


class _Absent:
    """Finds no pandas; every other module is left to those that know it."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, _Absent)
gc.set_threshold(50_000)
