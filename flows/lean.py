"""Loaded before pyarrow by programs that have no use for pandas: pyarrow imports it where it can, for 0.3 seconds."""

from __future__ import annotations

import sys


class _Absent:
    """Finds no pandas; every other module is left to those that know it."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, _Absent)
