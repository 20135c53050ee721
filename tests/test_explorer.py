"""The explorer in a real browser: it finds, shows and charts, served and exported, whatever the sheets say."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest

from flows.database import open_database
from tests.chromium import Tab, chromium, installed
from tests.conftest import PROJECT
from tests.explored import commanded, exported, served
from tests.tables import Sheet, made, published
from transforms.checks import check
from transforms.schema import TABLES
from warehouse import explorer

SCRIPT, IMAGE = "<script>alert(1)</script>", '"><img src=x onerror=alert(2)>'
# Ends the element that holds the data, were it not escaped; a template of its own; an override of direction.
ENDS, BRACES, TURNED = "</script><script>alert(3)</script>", "{{script}}{{answers}}", "Bob \u202eeoD\u202c"
PAGES = ("#/", "#/makes", "#/open")


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """One browser for all tests of a worker; without one they are skipped, unless PARCFERME_BROWSER=required."""
    program = installed()
    if program is None and os.environ.get("PARCFERME_BROWSER") != "required":
        pytest.skip("there is no Chromium: `apt-get install chromium`, or name one in PARCFERME_CHROMIUM")
    assert program, "there is no Chromium"
    with chromium(program, tmp_path_factory.mktemp("browser") / "profile") as page:
        yield page


@pytest.fixture(autouse=True)
def _no_complaints(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test in the browser also proves that its console stays empty and no dialog opens."""
    yield
    if "tab" in request.fixturenames:
        page: Tab = request.getfixturevalue("tab")
        page.look(1280, 900)
        complaints, page.complaints = page.complaints, []
        assert complaints == []


@pytest.fixture(scope="module")
def site(warehouse: Path) -> Iterator[str]:
    """The explorer over the seeds, served."""
    with served(warehouse) as server:
        yield server.address


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which every printed text is an attack on a page."""
    rows = [
        {
            "position": place,
            "crew": [f"{SCRIPT} Lee", f"{IMAGE} Ray", TURNED],
            "car": f"{ENDS} {SCRIPT}",
            "make": IMAGE,
            "entrant": IMAGE + "x" * 200,
            "class": f"{BRACES} {ENDS}"[:60] if place > 1 else SCRIPT,
            "car_number": SCRIPT,
            "reason": IMAGE,
            "laps": 90 - place,
            "lap_time_ms": 90_000 + place,
            "methods": ["name", "linked", "unresolved"],
        }
        for place in (1, 2, 4)
    ]
    event = {"name": ENDS, "series": IMAGE, "circuit": SCRIPT, "country": BRACES, "source": SCRIPT}
    sheets = [Sheet(f"2000-'\"><b>/{kind}", rows, kind, event | {"season": 2000}) for kind in ("grid", "race")]
    tables = made(*sheets, Sheet("race", [{"position": 1, "crew": [f"{SCRIPT} Lee"]}]))
    found = check(tables).to_pylist()
    found.append({"check": SCRIPT, "severity": "error", "event_id": sheets[0].event_id, "message": IMAGE})
    findings = TABLES["findings"].conform(pa.Table.from_pylist(found, schema=TABLES["findings"].schema))
    return published(tables | {"findings": findings}, tmp_path_factory.mktemp("hostile"))


def everywhere(database: Path) -> list[str]:
    """The address, below the page's own, of every kind of page with what it can be about."""
    with closing(open_database(database)) as connection:
        ids = [
            f"#/{page}/{about}"
            for page, query in {
                "event": "SELECT event_id FROM events",
                "driver": "(SELECT driver_id FROM drivers ORDER BY len(names) DESC, driver_id LIMIT 6)",
                "season": "SELECT DISTINCT season FROM events WHERE season IS NOT NULL",
            }.items()
            for (about,) in connection.execute(
                f"SELECT url_encode(about::VARCHAR) FROM ({query}) AS found(about) ORDER BY 1"
            ).fetchall()
        ]
    return [*PAGES, *ids]


def test_a_driver_is_found_without_accents(tab: Tab, site: str):
    """Who types `helary` finds Hélary, and Enter opens the career."""
    tab.open(site)
    tab.click("#search")
    tab.type("helary")
    tab.until("document.querySelectorAll('#found [role=option]').length === 2")
    assert tab.run("document.querySelector('#found a').innerText").startswith("Eric Hélary")
    tab.press("ArrowDown")
    tab.press("ArrowUp")
    tab.press("Enter")
    tab.until("document.querySelector('h1')?.textContent === 'Eric Hélary'")
    assert tab.run("document.activeElement.id") != "search"


def test_a_career_shows_how_sure_each_link_is(tab: Tab, site: str):
    """The page of a name has its timeline, its crew, and each mention with the evidence for and against."""
    tab.open(f"{site}#/driver/helary-1997-spa-24-hours-1")
    tab.until("document.querySelectorAll('figure.chart svg').length === 2")
    assert tab.run("document.querySelectorAll('.chart .mark.open.first').length") == 1
    assert tab.run("[...document.querySelectorAll('.chart .node.open')].length") == 2
    tab.click("summary")
    text = tab.text()
    for shown in ("1st of 44", "BMW 320i", "BMW Fina Bastos Team", "de Radigues", "race, line 1", "+11surname"):
        assert shown in text.replace("+11\n", "+11"), shown
    tab.click("details a")
    tab.until("document.querySelector('h1').textContent === 'Eric Hélary'")


def test_the_crew_network_leads_from_driver_to_driver(tab: Tab, site: str):
    """A click on a team-mate in the network opens that career; the browser's way back works."""
    tab.open(f"{site}#/driver/chris-niarchos")
    tab.click("[aria-label^='Tim Mullen']")
    tab.until("document.querySelector('h1').textContent === 'Tim Mullen'")
    tab.run("history.back()")
    tab.until("document.querySelector('h1').textContent === 'Chris Niarchos'")
    assert tab.run("document.querySelectorAll('.bond').length") > 0


def test_an_event_shows_order_gaps_classes_lap_times_and_findings(tab: Tab, site: str):
    """The page of a race has all its cars in order, with gaps, a plot of lap times, and what is in doubt."""
    tab.open(f"{site}#/event/1997-spa-24-hours")
    tab.until("document.querySelectorAll('.car circle').length >= 44")
    assert tab.run("document.querySelectorAll('table.order tbody tr').length") == 44
    text = tab.text()
    for shown in ("26–27 July 1997", "+8 laps", "2:33.574", "position 6 of class Spa+3.0 is printed 2 times"):
        assert shown in text
    assert tab.run("document.querySelectorAll('.doubt').length") == 1


def test_a_class_is_chosen_for_table_and_plot_alike(tab: Tab, site: str):
    """A click on a class leaves its cars alone in the table, with gaps within the class if asked for."""
    tab.open(f"{site}#/event/1997-spa-24-hours")
    tab.until("document.querySelector('.car')")
    visible = "[...document.querySelectorAll('table.order tbody tr')].filter((row) => row.offsetHeight).length"
    tab.run("[...document.querySelectorAll('.chips button')].find((b) => b.textContent === 'EcoTech').click()")
    assert tab.run(visible) == 3
    assert tab.run("document.querySelectorAll('.car:not(.away)').length") == 3
    tab.click(".switch input")
    assert tab.run(visible) == 3
    assert "+11 laps" in tab.text()
    tab.run("[...document.querySelectorAll('.chips button')].find((b) => b.textContent === 'EcoTech').click()")
    assert tab.run(visible) == 44


def test_the_sheets_of_an_event_are_shown_one_at_a_time(tab: Tab, hostile: Path):
    """An event opens with its race; a click on another sheet's name shows that."""
    with served(hostile) as server:
        tab.open(f"{server.address}#/event/{explorer_id(hostile)}")
        assert tab.run("document.querySelector('.tabs [aria-pressed=true]').textContent") == "race"
        assert "/race.txt" in tab.text()
        tab.click(".tabs button")
        tab.until("document.querySelector('.tabs [aria-pressed=true]').textContent === 'grid'")
        assert "/race.txt" not in tab.text()
        assert "/grid.txt" in tab.text()


def test_makes_are_charted_over_time(tab: Tab, site: str):
    """Makes have a chart over the seasons and a table of their records."""
    tab.open(f"{site}#/makes")
    tab.until("document.querySelectorAll('.disc').length > 20")
    assert tab.run("document.querySelector('.disc.won').dataset.tip") == "BMW, 1997\n18 cars, 1 win"
    assert "Volkswagen" in tab.text()


def test_open_identities_name_their_candidates(tab: Tab, site: str):
    """Open names are listed, those with candidates first, each leading to who it may be."""
    tab.open(f"{site}#/open")
    assert re.search(r"132 names.*Henderson.*may be Martin Henderson.*Nobody fits", tab.text(), re.DOTALL)


def test_a_season_leads_to_its_events(tab: Tab, site: str):
    """A bar of the seasons leads to the events of that year."""
    tab.open(site)
    tab.click("a[aria-label='Season 1997'] .season")
    tab.until("document.querySelector('h1').textContent === '1997'")
    assert "Spa 24 Hours" in tab.text()


def test_what_there_is_not_is_said(tab: Tab, site: str):
    """An address that leads nowhere, and a search that finds nothing, are answered in words."""
    tab.open(f"{site}#/driver/nobody")
    assert "The warehouse has nothing of that name." in tab.text()
    tab.go("#/nothing")
    assert "There is no such page." in tab.text()
    tab.click("#search")
    tab.type("qqq")
    tab.until("document.querySelector('#found').innerText.includes('is called qqq')")
    tab.complaints = [text for text in tab.complaints if "404" not in text]


def test_hostile_text_is_shown_as_text(tab: Tab, hostile: Path):
    """Markup in any printed name, car, class, event or finding is read by the reader, never by the browser."""
    with served(hostile) as server:
        tab.open(server.address)
        for page in everywhere(hostile):
            tab.go(page)
            assert tab.run("document.querySelectorAll('img, iframe, body script:not([src])').length") == 2
        tab.go(f"#/event/{explorer_id(hostile)}")
        text = tab.text()
        for shown in (SCRIPT, IMAGE, ENDS, BRACES, r"Bob \u202eeoD"):
            assert shown in text
        tab.click("#search")
        tab.type("script")
        tab.until(f"document.querySelector('#found').innerText.includes({json.dumps(SCRIPT)})")


def explorer_id(database: Path) -> str:
    with closing(open_database(database)) as connection:
        found = connection.execute(
            "SELECT url_encode(event_id) FROM events WHERE season = 2000 AND name IS NOT NULL"
        ).fetchone()
    assert found
    return str(found[0])


def read(tab: Tab, page: str) -> str:
    tab.go(page)
    return str(tab.run("document.querySelector('main').innerText"))


@pytest.mark.parametrize("which", ["warehouse", "hostile"])
def test_the_exported_file_shows_the_same(which: str, tab: Tab, tmp_path: Path, request: pytest.FixtureRequest):
    """Opened from the disk, without a server, each page reads as it does when served."""
    database = request.getfixturevalue(which)
    file = exported(database, tmp_path / "explorer.html")
    with served(database) as server:
        texts = []
        for address in (server.address, file):
            tab.open(address)
            texts.append({page: read(tab, page) for page in everywhere(database)})
    assert texts[0] == texts[1]
    tab.click("#search")
    tab.type("spa  24" if which == "warehouse" else "SCRIPT 2000")
    tab.until("document.querySelectorAll('#found [role=option]').length > 0")
    assert "This file holds the whole warehouse" in tab.text()


def test_an_export_of_a_large_warehouse_says_what_it_holds(
    tab: Tab, warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Beyond a bound the file holds the latest events and the busiest drivers, and says so wherever more is asked."""
    monkeypatch.setattr(explorer, "EXPORTED", 64)
    file = exported(warehouse, tmp_path / "explorer.html")
    tab.open(f"{file}#/event/2009-spa-24-hours")
    assert "This file holds the latest 1 of 4 events, and of 407 drivers and open names the 44 with most" in tab.text()
    assert tab.run("document.querySelectorAll('.crew a:not([href])').length") == 148 - tab.run(
        "document.querySelectorAll('.crew a[href]').length"
    )
    tab.go("#/event/1997-spa-24-hours")
    assert "This file does not hold it" in tab.text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(tab: Tab, site: str, scheme: str):
    """On a screen 390 wide no page is wider than the screen, in light and in dark."""
    tab.look(390, 844, scheme)
    tab.open(site)
    for page in (*PAGES, "#/driver/marc-rostan", "#/event/1997-spa-24-hours", "#/event/2009-spa-24-hours"):
        tab.go(page)
        assert tab.run("document.documentElement.scrollWidth") <= 390, page
    paper = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => +a + +b)"
    assert (tab.run(paper) < 150) is (scheme == "dark")


def test_no_name_breaks_the_page(tab: Tab, hostile: Path):
    """Names of any length, without a blank to break at, leave no page wider than a phone's screen."""
    tab.look(390, 844)
    with served(hostile) as server:
        tab.open(server.address)
        for page in everywhere(hostile):
            tab.go(page)
            assert tab.run("document.documentElement.scrollWidth") <= 390, page


def test_an_empty_warehouse_has_a_page(tab: Tab, tmp_path: Path):
    """Without a single event every page still opens."""
    with served(published(made(), tmp_path)) as server:
        tab.open(server.address)
        for page in PAGES:
            tab.go(page)
            assert "Nothing to show" not in tab.text()


def test_the_page_folds_names_as_the_warehouse_does(tab: Tab, warehouse: Path):
    """The search of an exported file, in JavaScript, folds spellings as the macro `fold` does, in SQL."""
    spellings = [
        "Hélary",
        "Ørsted Łukasz",
        "STRAẞE Weiß",
        "Æsir Œuvre",
        "O’Neill-Smith Jr.",
        "İnan ılgaz",
        "#7/8",
        "?!",
    ]
    code = (PROJECT / "warehouse" / "explorer" / "answers.js").read_text("utf-8")
    found = re.search(r"const PLAIN.*?(?=\n\nconst search)", code, re.DOTALL)
    assert found
    folded = tab.run(f"(() => {{ {found[0]} return {json.dumps(spellings)}.map(fold); }})()")
    with closing(open_database(warehouse)) as connection:
        assert folded == [connection.execute("SELECT fold(?)", [text]).fetchone()[0] for text in spellings]  # type: ignore[index]


def test_an_ended_server_is_said(tab: Tab, warehouse: Path):
    """When the command was ended, the page still open says what to do."""
    with commanded(warehouse) as (_, address):
        tab.open(address)
    tab.run("location.hash = '#/makes'")
    tab.until("document.body.innerText.includes('start `parcferme explore` again')")
    tab.complaints = [text for text in tab.complaints if "ERR_" not in text]
