"""What tests share: a copy of the seeds that they may change, a warehouse to read, and an object store."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A deadline per example would measure how busy the machine is, not what a test claims; so would how long it takes to
# draw some. What is drawn is the same in every run; `make fuzz` draws more, and anew.
settings.register_profile("fuzz", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=500)
settings.register_profile("parcferme", settings.get_profile("fuzz"), derandomize=True, max_examples=100)
settings.load_profile("parcferme")

PROJECT = Path(__file__).resolve().parent.parent
# What tests ask for is on this machine.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost"


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A copy of the seeds."""
    return Path(shutil.copytree(PROJECT / "seeds", tmp_path / "seeds"))


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish without results.db, which takes longest, for tests that do not ask it."""
    monkeypatch.setattr("flows.load.lay_outline", lambda storage, code: None)
    monkeypatch.setattr("flows.load.build_database", lambda path, folder, root: path.touch())


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results.db of the seeds, built once; read it only."""
    from flows.snapshots import Warehouse
    from flows.steps import Direct, build

    folder = tmp_path_factory.mktemp("project") / "warehouse"
    build(str(PROJECT / "seeds"), Warehouse(str(folder)), Direct())
    return folder / "results.db"


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty bucket in a server of its own, which the usual environment variables name, and locks of its own."""
    pytest.importorskip("moto", reason="moto is not installed: pip install 'parcferme[dev]'")
    pytest.importorskip(
        "duckdb_extension_httpfs", reason="DuckDB's httpfs is not installed: pip install 'parcferme[s3]'"
    )
    from moto.server import ThreadedMotoServer
    from pyarrow import fs

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("bucket")))
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)  # lest a store of the user's be written to
            patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
            patch.setenv("AWS_ACCESS_KEY_ID", "key")
            patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
            patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
            patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
            store, _ = fs.FileSystem.from_uri("s3://cars?allow_bucket_creation=true")
            store.create_dir("cars")
            yield "s3://cars"
    finally:
        server.stop()
