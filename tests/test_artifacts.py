"""The pages for Prefect's UI: what a sheet says stays text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flows import steps
from flows.artifacts import failure_page, findings_page, sheet_pages, summary_page, verbatim
from flows.errors import DataError
from flows.snapshots import Warehouse

NASTY = "<img src=x> [x](javascript:alert(2)) `b` www.example"
ELEMENTS = {"p", "h2", "strong", "code", "pre", "a", "table", "thead", "tbody", "tr", "th", "td"}
SHEET = f"""Pos | No | Drivers | Car
1 | 7 | A. Smith / [click](javascript:alert(3)) | Porsche 911
1 | 7 | ![x](http://example/x.png) / <script>alert(4)</script> | Zorg ~~~ <b>X</b> {"long " * 200}
~~~
# big
9 | 8 | http://example/a | Ferrari
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All pages of a build of one sheet that tries to be more than text, in a folder that does, too."""
    folder = tmp_path_factory.mktemp("artifacts")
    (folder / "seeds" / NASTY).mkdir(parents=True)
    (folder / "seeds" / NASTY / "race.txt").write_text(SHEET)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.load.lay_outline", lambda storage, code: None)
        patch.setattr("flows.load.build_database", lambda path, folder, root: Path(path).touch())
        outcome = steps.build(str(folder / "seeds"), Warehouse(str(folder / "warehouse")), steps.Direct())
    assert outcome.summary
    found = dict(sheet_pages(str(folder / "seeds"), outcome.summary))
    addresses = {sheet: f"/artifacts/artifact/{number}" for number, sheet in enumerate(found)}
    return found | {
        "summary": summary_page(outcome),
        "findings": findings_page(outcome.summary, addresses),
        "failure": failure_page(DataError(SHEET, NASTY)),
    }


def rendered(page: str) -> str:
    return MarkdownIt("commonmark").enable("table").render(page)


def test_nothing_a_sheet_says_is_markup(pages):
    """No link, image, emphasis or element comes of a sheet's text or path; the only links are to our own pages."""
    for page in pages.values():
        html = rendered(page)
        assert set(re.findall(r"<(\w+)", html)) <= ELEMENTS
        assert all(link.startswith("/artifacts/artifact/") for link in re.findall(r'href="([^"]*)"', html))


def test_findings_and_lines_are_all_there(pages):
    """Each finding leads to its sheet; the page shows the lines around each, doubtful ones marked, none too long."""
    assert "[3](/artifacts/artifact/0)" in pages["findings"]
    page = pages[f"{NASTY}/race"]
    assert "\n>     3  1 | 7 | ![x]" in page
    assert "\n      4  ~~~\n" in page
    assert max(map(len, page.splitlines())) < 1_200


@given(st.text())
def test_any_text_reads_as_it_is(text):
    """Whatever is printed, a cell shows it, and nothing else."""
    shown = rendered(f"| {verbatim(text)}x | y |\n|---|---|\n")
    assert re.fullmatch(r"<table>\n<thead>\n<tr>\n<th>[^<]*x</th>\n<th>y</th>\n</tr>\n</thead>\n</table>\n", shown)


def test_a_failure_says_its_remedy_once():
    """An error that names its own remedy is not followed by a hint at the log; one that nobody foresaw is."""
    assert "log" not in failure_page(DataError("identity.csv line 3: nobody is called x. Delete the line."))
    assert "Rename it" in failure_page(DataError("Two files are one sheet.", "Rename it."))
    assert "ValueError: x**\n\nThe run's log" in failure_page(ValueError("x")).replace("\\", "")
