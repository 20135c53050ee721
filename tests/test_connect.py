"""What README shows under "Connect" works as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

SECTION = re.search(
    r"^## Connect\n(.*?)(?=^## |\Z)", (PROJECT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
)
SNIPPETS = re.findall(r"```(sh|python)\n(.*?)```", SECTION[1] if SECTION else "", re.DOTALL)


@pytest.fixture
def root(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's root as the working directory, with the warehouse of the seeds in it."""
    (tmp_path / "warehouse").symlink_to(warehouse.parent)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_there_are_snippets():
    """The section is there, with a snippet for each client it names."""
    text = " ".join(code for _, code in SNIPPETS)
    for client in ("duckdb -readonly", "parcferme sql", "pandas", "polars", "sqlalchemy", "adbc", "--format xlsx"):
        assert client in text


@pytest.mark.parametrize("code", [code for language, code in SNIPPETS if language == "python"])
def test_python_snippets_run(code: str, root: Path):
    """Each Python snippet runs, and each frame that it makes has rows."""
    rows = "assert all(value.shape[0] for value in list(globals().values()) if hasattr(value, 'shape'))"
    done = subprocess.run(
        [sys.executable, "-c", f"PROJECT = {str(root)!r}\n{code}\n{rows}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", [code for language, code in SNIPPETS if language == "sh"])
def test_shell_snippets_run(code: str, root: Path):
    """Each shell snippet runs; the tools are those of the environment."""
    tools = Path(sys.executable).parent
    paths = {"PATH": f"{tools}:{os.environ['PATH']}", "PROJECT": str(root), "HOME": str(root)}
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **paths}
    done = subprocess.run(["bash", "-ec", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
