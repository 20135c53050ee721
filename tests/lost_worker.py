"""What a Dask worker loads beforehand in tests: the first one to stage a file is killed half way through it.

LOST_WORKER names a file, which is not there yet; the path of the half file is left in it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyarrow import NativeFile

from flows import staging

MARK = "LOST_WORKER"
ENVIRONMENT = {"DASK_DISTRIBUTED__WORKER__PRELOAD": "tests.lost_worker"}


def dask_setup(worker: object) -> None:
    """Let the worker die by its own hand, as hard as by any other."""
    whole = staging._whole

    @contextmanager
    def half(files: Any, path: str) -> Iterator[NativeFile]:
        with whole(files, path) as sink:
            try:
                with open(os.environ[MARK], "x") as mark:
                    mark.write(path)
            except FileExistsError:
                yield sink
                return
            sink.write(b"half")
            os.kill(os.getpid(), signal.SIGKILL)

    staging._whole = half
