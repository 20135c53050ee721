"""What tests share: a copy of the seeds that they may change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# A deadline per example would measure how busy the machine is, not what a test claims.
settings.register_profile("parcferme", deadline=None)
settings.load_profile("parcferme")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A copy of the seeds."""
    return Path(shutil.copytree(PROJECT / "seeds", tmp_path / "seeds"))


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish without results.db, which takes longest, for tests that do not ask it."""
    monkeypatch.setattr("flows.load.build_database", lambda path, folder, root: path.touch())


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results.db of the seeds, built once; read it only."""
    from flows.snapshots import Warehouse
    from flows.steps import Direct, build

    folder = tmp_path_factory.mktemp("project") / "warehouse"
    build(str(PROJECT / "seeds"), Warehouse(str(folder)), Direct())
    return folder / "results.db"
