"""Errors that a user can mend: each says what is wrong and what to do next, without a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

# What helps where an object store does not answer.
CHECK_STORE = "Check the address, AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
WRITE_STORE = "Write it as s3://bucket/prefix."


class UserError(Exception):
    """The call was wrong, or a file or folder that it needs is not as it must be. Exit code 2."""

    exit_code = 2

    def __init__(self, message: str, remedy: str | None = None):
        super().__init__(message)
        self.remedy = remedy


class DataError(UserError):
    """The data has errors that stop the build, such as a decision that contradicts itself. Exit code 1."""

    exit_code = 1


def unknown(what: str, name: str, known: Iterable[str], remedy: str) -> UserError:
    """There is no `what` of that name: says which known names are nearest, else the remedy."""
    near = difflib.get_close_matches(name, list(known), n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else remedy
    return UserError(f"There is no {what} {name}.", hint)
