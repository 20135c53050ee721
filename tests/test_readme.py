"""What README tells a user to type works, and answers as it says; "Connect" has a module of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.server import free_port
from tests.conftest import PROJECT

TEXT = re.sub(
    r"^## Connect\n.*?(?=^## )", "", (PROJECT / "README.md").read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
)
BLOCKS = re.findall(r"```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?", TEXT, re.DOTALL)
# Of what does not end by itself, or sets up an environment, that it starts is enough.
STARTS = {
    "parcferme schedule": f"timeout --signal=TERM 3 parcferme schedule --port {free_port()}",
    "make ": "make --dry-run ",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's root with the seeds, built twice: some of them, then all."""
    from flows.snapshots import Warehouse
    from flows.steps import Direct, build

    root = tmp_path_factory.mktemp("readme")
    shutil.copytree(PROJECT / "seeds", root / "seeds")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(PROJECT / name, root)
    for seeds in (root / "seeds" / "1997*", root / "seeds"):
        build(str(seeds), Warehouse(str(root / "warehouse")), Direct())
    return root


@pytest.mark.parametrize(("typed", "answer"), BLOCKS, ids=[typed.split("\n")[0][:40] for typed, _ in BLOCKS])
def test_what_readme_types_works(typed, answer, project):
    """Each block of commands runs in a fresh project, and prints the answer shown below it."""
    for word, started in STARTS.items():
        typed = re.sub(rf"^{word}", started, typed, flags=re.MULTILINE)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(PROJECT)}
    command = ["bash", "-c", f"set -e\n{typed}"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in ({124} if "timeout" in typed else {0}), done.stdout + done.stderr
    assert not answer or done.stdout.strip() == answer.strip()


def test_links_lead_somewhere():
    """Every link to a file of the project names one that is there."""
    for page in ("README.md", "CONTRIBUTING.md"):
        links = re.findall(r"\]\((?!http)([^)#]+)\)", (PROJECT / page).read_text("utf-8"))
        assert links
        assert all((PROJECT / link).exists() for link in links)


def test_targets_of_make_are_listed():
    """`make` alone prints every target with what it does."""
    said = subprocess.run(["make"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "lint", "bench", "fuzz", "clients", "clean"):
        assert f"make {target} " in said


def test_pins_are_names_and_versions_only():
    """constraints.txt pins by name and version, nothing else, and bounds what Prefect cannot live with."""
    pins = dict(line.split("==") for line in (PROJECT / "constraints.txt").read_text().splitlines())
    assert {"prefect", "pyarrow", "duckdb", "pytest"} <= pins.keys()
    assert all(re.fullmatch(r"[\w.]+", version) for version in pins.values())
