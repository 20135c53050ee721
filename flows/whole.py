"""Files that a user asks for: each appears whole or not at all, and what it replaces stays until then."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from flows.errors import UserError


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Where to write what is to stand at `target`, or that itself where it is a pipe or a device.

    UserError when it cannot be written.
    """
    staged = None
    try:
        place = target.resolve()
        if place.exists() and not place.is_file():
            yield place
            return
        with NamedTemporaryFile(dir=place.parent, prefix=f".{place.name}.", delete=False) as file:
            staged = Path(file.name)
        yield staged
        staged.chmod(0o666 & ~_umask())
        staged.replace(place)
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror or error}", "Choose another file.") from error
    finally:
        if staged is not None:
            staged.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
