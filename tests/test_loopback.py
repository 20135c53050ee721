"""The explorer's server answers this machine alone, with the page and its answers and nothing else."""

from __future__ import annotations

import json
import re
import shutil
import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pyarrow as pa
import pytest

from flows.cli import main
from flows.database import open_database
from flows.errors import UserError
from flows.loopback import Loopback
from tests.explored import asked, commanded, exported, served
from tests.processes import PATIENCE
from tests.tables import Sheet, made, published
from transforms.schema import TABLES
from warehouse import explorer


@pytest.fixture(scope="module")
def site(warehouse: Path) -> Iterator[str]:
    """The address of the explorer over the seeds."""
    with served(warehouse) as server:
        yield server.address


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of one driver, into whom another id was merged."""
    tables = made(Sheet("2000-spa/race", [{"position": 1, "crew": ["Ann Lee"]}]))
    merged = TABLES["driver_redirects"].conform(pa.table({"old_id": ["lee-1"], "driver_id": ["ann-lee"]}))
    return published(tables | {"driver_redirects": merged}, tmp_path_factory.mktemp("small"))


def test_only_this_machine_is_answered(site: str):
    """The server listens on 127.0.0.1, and a foreign name that leads there (DNS rebinding) gets nothing."""
    port = int(site.rstrip("/").rpartition(":")[2])
    assert asked(site)[0] == 200
    assert asked(site, Host=f"localhost:{port}")[0] == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1.evil.example:{port}", ""):
        status, text, _ = asked(site, "/answer?question=home", Host=host)
        assert (status, "events" in text) == (403, False), host


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_only_get_is_answered(site: str, method: str):
    """Any other method is refused."""
    status, _, headers = asked(site, "/answer?question=home", method)
    assert (status, headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/%2e%2e/results.db",
        "//etc/passwd",
        "/page.js",
        "/answer/../x",
        "/answer?question=policy",
        "/answer?question=driver&about=%27%20OR%201=1--",
        "/answer?question=_rows",
        "/answer",
    ],
)
def test_there_is_nothing_but_the_page_and_its_answers(site: str, path: str):
    """No path leads to a file, no question to more than it asks."""
    status, text, _ = asked(site, path)
    assert status == 404
    assert "root:" not in text


def test_the_page_allows_no_code_but_its_own(site: str):
    """Header and page name the one script and the one style by their hashes, and nothing is loaded from elsewhere."""
    _, text, headers = asked(site)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert f'content="{explorer.policy()}"' in text
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)


def test_merged_ids_lead_to_the_person(small: Path):
    """An id that was merged away is answered with the person it belongs to now; an unknown one with nothing."""
    with closing(open_database(small)) as connection:
        pages = explorer.Explorer(connection)
        assert pages.answer("driver", "lee-1") == pages.answer("driver", "ann-lee")
        assert pages.answer("driver", "ann-lee")
        assert pages.answer("driver", "") is pages.answer("event", "x") is pages.answer("season", "1") is None
        assert pages.answer("search", "?!") == {"drivers": [], "events": []}


def test_an_export_is_the_same_bytes_again(warehouse: Path, tmp_path: Path):
    """Two exports of one warehouse do not differ."""
    for name in ("one.html", "two.html"):
        exported(warehouse, tmp_path / name)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_a_port_in_use_is_a_clear_error():
    """A port that another program holds is an error of the call, with the remedy."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UserError, match="cannot be used"):
        Loopback("", "", lambda question, about: None, taken.getsockname()[1])


def test_a_file_is_replaced_only_when_told(warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """An existing file stays, unless --force is given; a folder that is not there is a clear error."""
    (tmp_path / "mine.html").write_text("mine")
    for path, hint in ((tmp_path / "mine.html", "--force"), (tmp_path / "no" / "where.html", "cannot be written")):
        with pytest.raises(SystemExit) as end:
            main(["explore", "--warehouse", str(warehouse.parent), "--export", str(path)])
        assert end.value.code == 2
        assert hint in capsys.readouterr().err
    assert (tmp_path / "mine.html").read_text() == "mine"


def test_ctrl_c_ends_it_quietly(warehouse: Path):
    """The command says where the page is, and Ctrl-C ends it without a word."""
    with commanded(warehouse) as (process, address):
        assert asked(address, "/answer?question=home")[0] == 200
    assert process.communicate() == ("", "")
    assert process.returncode == 0


def test_a_browser_that_goes_before_it_is_answered_is_no_error(capsys: pytest.CaptureFixture[str]):
    """Where a connection is broken off in the middle, nothing is said, and the next one is answered."""
    asked_for, gone = Event(), Event()

    def answer(question: str, about: str) -> str:
        asked_for.set()
        gone.wait(PATIENCE)
        return "x" * (1 << 24)

    with Loopback("", "", answer) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        with socket.create_connection(server.server_address) as browser:  # type: ignore[arg-type]
            browser.send(f"GET /answer HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n\r\n".encode())
            asked_for.wait(PATIENCE)
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        gone.set()
        assert asked(server.address, "/answer")[0] == 200
        server.shutdown()
    assert capsys.readouterr().err == ""


def test_part_of_the_warehouse_gone_is_said(small: Path, tmp_path: Path):
    """When files go while the explorer runs, the answer says so and how to mend it."""
    copy = Path(shutil.copytree(small.parent.parent, tmp_path / "copy")) / "warehouse"
    with served(copy / "results.db") as server:
        (copy / "snapshots" / "abc" / "results.parquet").unlink()
        status, text, _ = asked(server.address, "/answer?question=makes")
    assert status == 503
    assert "parcferme build --full" in text


def test_json_inside_html_cannot_end_its_element():
    """No `<` stands in the data of a page, and it reads back as it was."""
    texts = ["<script>", "</script>", "<!--", "\u2028", "ß"]
    assert "<" not in explorer.json_text(texts)
    assert json.loads(explorer.json_text(texts)) == texts
