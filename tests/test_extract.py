"""Finding sheets below a root, and the facts that are stated about them."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path

import pytest

from flows import sheet_files
from flows.decisions import CORRECTIONS, IDENTITY, line_more, read_identity
from flows.errors import DataError, UserError
from flows.events import CHECKS
from flows.extract import Seeds, gather, scan
from flows.roots import NOT_NAMED
from flows.sheet_files import Sheet, batches, read_sources
from transforms.sources import Correction

SPA = "1997-spa-24-hours"


def gathered(root: Path) -> Seeds:
    return gather(scan(str(root)))


def findings(seeds: Seeds) -> list[tuple[str, int | None, str]]:
    return [(row["check"], row["line"], row["message"]) for row in seeds.findings.to_pylist()]


def sheet(seeds: Seeds, sheet_id: str) -> Sheet:
    return next(found for found in seeds.sheets if found.sheet_id == sheet_id)


def event(root: Path, text: str | bytes) -> Path:
    """A root with one event `e` of one sheet `race`, and this event.toml."""
    (root / "e").mkdir()
    (root / "e" / "race.txt").write_text("1 | A\n")
    (root / "e" / "event.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def test_seeds_are_four_sheets_of_four_events_without_doubts(seeds):
    """The seeds hold four sheets, each with its event's facts and its kind."""
    found = gathered(seeds)
    assert [(s.sheet_id, s.source.kind, s.source.season) for s in found.sheets] == [
        ("1997-spa-24-hours/race", "race", 1997),
        ("2000-srwc-magny-cours/grid", "grid", 2000),
        ("2003-le-mans-1000-km/qualifying-2", "qualifying", 2003),
        ("2009-spa-24-hours/grid", "grid", 2009),
    ]
    assert found.events["circuit_km"].to_pylist() == [6.968, 4.25, 4.18, 7.004]
    assert findings(found) == []


def test_sheet_bytes_are_the_files_bytes(seeds):
    """What the reader is given is the file, byte for byte."""
    sources, doubts = read_sources(str(seeds), gathered(seeds).sheets)
    assert doubts == []
    assert sources[0].data == (seeds / SPA / "race.txt").read_bytes()


@pytest.mark.parametrize("ending", [".txt", ".md", ".csv", ".tsv", ".TXT", ".txt.gz", ".csv.GZ"])
def test_every_ending_of_a_sheet_loads(tmp_path, ending):
    """Text, Markdown, CSV and TSV are sheets, packed or not, in any case; the id has no ending."""
    data = b"1 | A | 1:00.0\n"
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / f"race{ending}").write_bytes(gzip.compress(data) if "gz" in ending.lower() else data)
    sources, _ = read_sources(str(tmp_path), gathered(tmp_path).sheets)
    assert [(s.sheet_id, s.kind, s.data) for s in sources] == [("e/race", "race", data)]


def test_two_files_with_one_sheet_id_are_an_error_that_names_both(seeds):
    """`race.txt` and `race.csv` in one folder cannot both be the sheet `race`."""
    (seeds / SPA / "race.csv").write_text("1,2,3\n")
    with pytest.raises(DataError, match=r"race\.csv and .*race\.txt would both be the sheet"):
        gathered(seeds)


def test_archives_may_nest_and_sheets_may_stand_at_the_root(tmp_path):
    """The event is the folder's path below the root; a sheet at the root has none."""
    (tmp_path / "endurance" / "spa").mkdir(parents=True)
    (tmp_path / "endurance" / "spa" / "race.txt").write_text("1 | A\n")
    (tmp_path / "stray.txt").write_text("1 | A\n")
    found = gathered(tmp_path)
    assert [(s.sheet_id, s.source.event_id) for s in found.sheets] == [
        ("endurance/spa/race", "endurance/spa"),
        ("stray", None),
    ]
    assert [(row.pop("event_id"), set(row.values())) for row in found.events.to_pylist()] == [("endurance/spa", {None})]


def test_documents_and_decisions_are_no_sheets(seeds):
    """README files, identity.csv, corrections.csv and hidden files are no sheets; other files are noted as unread."""
    for name in ("README.md", "LICENSE.txt", ".hidden.txt", "identity.csv", "corrections.csv", "scan.pdf"):
        (seeds / name).write_text("")
    found = gathered(seeds)
    assert len(found.sheets) == 4
    assert [(check, message.split(":")[0]) for check, _, message in findings(found)] == [
        ("file-is-read", "scan.pdf is no sheet")
    ]


def test_links_out_of_the_root_are_not_followed(seeds, tmp_path):
    """A link that leads out of the root, or to a folder, is noted, not read; a file within the root is read."""
    (tmp_path / "secret.txt").write_text("1 | secret\n")
    (seeds / SPA / "race-2.txt").symlink_to(tmp_path / "secret.txt")
    (seeds / SPA / "race-3.txt").symlink_to("race.txt")
    (seeds / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    (seeds / "loop").symlink_to(seeds / SPA, target_is_directory=True)
    found = gathered(seeds)
    assert {s.sheet_id for s in found.sheets if "race" in s.sheet_id} == {f"{SPA}/race", f"{SPA}/race-3"}
    assert [(check, message.split(" is ")[0]) for check, _, message in findings(found)] == [
        ("file-is-read", f"{SPA}/race-2.txt"),
        ("file-is-read", "elsewhere"),
        ("file-is-read", "loop"),
    ]


def test_name_that_is_no_utf_8_is_noted(seeds):
    """A file name in another encoding stops nothing."""
    with open(os.fsencode(seeds) + b"/caf\xe9.txt", "wb") as file:
        file.write(b"1 | A\n")
    assert findings(gathered(seeds)) == [
        ("file-is-read", None, "caf\\xe9.txt has a name that is not UTF-8: rename it"),
    ]


def test_pipes_are_not_waited_for(seeds):
    """A named pipe with a sheet's name is noted, and does not hang the build."""
    os.mkfifo(seeds / "race.txt")
    assert findings(gathered(seeds)) == [("file-is-read", None, "race.txt is neither a file nor a folder")]


def test_what_unpacks_without_end_is_refused(seeds, monkeypatch):
    """A sheet that grows beyond the bound when unpacked, or is damaged, makes a finding; the others load."""
    monkeypatch.setattr(sheet_files, "LARGEST_SHEET", 1 << 16)
    (seeds / SPA / "bomb.txt.gz").write_bytes(gzip.compress(bytes(1 << 20)))
    (seeds / SPA / "huge.txt").write_bytes(bytes(1 << 17))
    (seeds / SPA / "torn.txt.gz").write_bytes(gzip.compress(b"1 | A\n" * 100)[:-12])
    sources, doubts = read_sources(str(seeds), gathered(seeds).sheets)
    assert len(sources) == 4
    assert [(doubt["check"], doubt["sheet_id"]) for doubt in doubts] == [
        ("sheet-is-readable", f"{SPA}/{stem}") for stem in ("bomb", "huge", "torn")
    ]


def test_sheet_that_changes_while_it_is_read_stops_the_build(seeds):
    """Rows never come from other bytes than those whose hash is published."""
    found = gathered(seeds)
    (seeds / SPA / "race.txt").write_text("1 | A\n")
    with pytest.raises(DataError, match="changed while it was being read"):
        read_sources(str(seeds), found.sheets)


@pytest.mark.parametrize(
    ("text", "check", "line", "hint"),
    [
        ('name = "A"\nseries = [\n', "event-file-is-toml", 3, "is not TOML"),
        ('name = "A"\nserie = "B"\n', "event-key-is-known", 2, "did you mean `series`?"),
        ('name = "A"\nwhatever = "B"\n', "event-key-is-known", 2, "known are name, series"),
        ('season = "1997"\n', "event-fact-has-its-type", 1, "a year of four digits"),
        ("season = 97\n", "event-fact-has-its-type", 1, "a year of four digits"),
        ("season = true\n", "event-fact-has-its-type", 1, "a year of four digits"),
        (f"season = 0x{'f' * 5000}\n", "event-fact-has-its-type", 1, "a year of four digits"),
        (f"season = {'9' * 5000}\n", "event-file-is-toml", 2, "is not TOML"),
        ('\nstart_date = "26 July"\n', "event-fact-has-its-type", 2, "a date without quotes"),
        ("start_date = 1997-07-26T15:00:00\n", "event-fact-has-its-type", 1, "a date without quotes"),
        ("circuit_km = nan\n", "event-fact-has-its-type", 1, "a length in kilometres"),
        ("circuit_km = -1\n", "event-fact-has-its-type", 1, "a length in kilometres"),
        ("start_date = 1997-07-26\nend_date = 1997-07-25\n", "event-days-in-order", 2, "is before"),
        ("season = 1979\nstart_date = 1997-07-26\n", "event-season-fits-days", 1, "correct one of them"),
        ('[sheets.rase]\nlap_time_of = "x"\n', "event-sheet-exists", 1, "nearest is [sheets.race]"),
        (
            '[sheets.race]\ncrew_separator = "and"\n',
            "event-fact-has-its-type",
            2,
            'write the mark between drivers: "/"',
        ),
        ('[sheets.race]\nlaptime_of = "x"\n', "event-key-is-known", 2, "did you mean `lap_time_of`?"),
        ("\nseasn = 1997\n", "event-key-is-known", 2, "did you mean `season`?"),
        ('columns = ["crew"]\n', "event-key-is-known", 1, "below a line that names this, such as [sheets.race]"),
        ("[sheets.race]\ncircuit_km = 7.0\n", "event-key-is-known", 2, "write it above all sections"),
        ('\n[race]\ncolumns = ["crew"]\n', "event-key-is-known", 2, "write [sheets.race]"),
        ('[sheets."race"]\ncolumns = "position"\n', "event-fact-has-its-type", 2, "a list of roles"),
        ('[sheets]\nrace = "x"\n', "event-fact-has-its-type", 2, "write [sheets.race]"),
        ("sheets = 3\n", "event-fact-has-its-type", 1, "a section for each sheet"),
        ("a = " + "[" * 5000 + "\n", "event-file-is-toml", 2, "is not TOML"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_doubts_about_event_files_name_line_and_remedy(tmp_path, text, check, line, hint):
    """Whatever is wrong in event.toml makes one finding with its line and what to write, and the sheet still loads."""
    found = gathered(event(tmp_path, text))
    assert [s.sheet_id for s in found.sheets] == ["e/race"]
    assert [(c, n) for c, n, _ in findings(found)] == [(check, line)]
    assert check in CHECKS  # which a build after changes takes over where no file of an event is another
    message = findings(found)[0][2]
    assert message.startswith(f"e/event.toml line {line}")
    assert hint in message


def test_event_file_in_another_encoding_is_named_with_its_line(tmp_path):
    """An event.toml that is not UTF-8 makes a finding with the line of the first bad byte."""
    found = gathered(event(tmp_path, 'name = "A"\ncountry = "Québec"\n'.encode("latin-1")))
    assert findings(found) == [("event-file-is-toml", 2, "e/event.toml line 2 is not UTF-8: save it as UTF-8")]


def test_season_is_the_year_of_the_first_day_where_none_is_stated(tmp_path):
    """Without `season`, the event's year is that of `start_date`."""
    found = gathered(event(tmp_path, "start_date = 1997-07-26\n"))
    assert found.events["season"].to_pylist() == [1997]
    assert sheet(found, "e/race").source.season == 1997


@pytest.mark.parametrize(
    ("folder", "season"),
    [
        ("1998-spa-24-hours", 1998),
        ("2001/Spa", 2001),
        ("1999 finals/2000 Spa", 2000),
        ("1000 km Monza", None),
        ("2000GT races", None),
        ("formula 2000", None),
        ("12345", None),
    ],
)
def test_season_is_that_of_the_folder_where_no_file_states_one(tmp_path, folder, season):
    """A folder whose name begins with a year gives the season that event.toml does not state, and a note says so."""
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "race.txt").write_text("1 | 2 | Ann Lee | BMW M3 | 90\n")
    found = gathered(tmp_path)
    assert found.events["season"].to_pylist() == [season]
    noted = [
        (
            "event-season-is-stated",
            None,
            f"the season is taken from the folder's name: state `season = {season}` in event.toml",
        )
    ]
    assert findings(found) == (noted if season else [])


def test_a_stated_season_stands_before_that_of_the_folder(tmp_path):
    """The season of event.toml counts, whatever year the folder's name begins with."""
    (tmp_path / "1998-spa").mkdir()
    (tmp_path / "1998-spa" / "event.toml").write_text("season = 1999\n")
    (tmp_path / "1998-spa" / "race.txt").write_text("1 | 2 | Ann Lee | BMW M3 | 90\n")
    found = gathered(tmp_path)
    assert (found.events["season"].to_pylist(), findings(found)) == ([1999], [])


def test_declared_columns_reach_the_reader(seeds):
    """`columns` of a sheet's section are given to its reader."""
    with (seeds / SPA / "event.toml").open("a") as file:
        file.write('columns = ["position", "car_number"]\n')
    assert sheet(gathered(seeds), f"{SPA}/race").source.columns == ("position", "car_number")


def test_corrections_are_given_to_their_sheet(seeds):
    """A correction goes to the sheet it names, with the line where it stands."""
    (seeds / "corrections.csv").write_text(
        f'sheet,line,column,expect,value,reason\n\n{SPA}/race,3,position,3rd,2nd,"misprint, see programme"\n'
    )
    corrections = sheet(gathered(seeds), f"{SPA}/race").source.corrections
    assert corrections == (Correction(3, "position", "3rd", "2nd", "misprint, see programme", 3),)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1997-spa-24-hour/race,3,position,3rd,2nd,why", "line 2: there is no sheet `1997-spa-24-hour/race`"),
        (f"{SPA}/race,third,position,3rd,2nd,why", "line 2: `third` is no line number"),
        (f"{SPA}/race,3,position,3rd,2nd,", "line 2: the reason is missing"),
        (f"{SPA}/race,3,position,3rd,2nd", "line 2 has 5 cells, not 6"),
        (f"{SPA}/race,3,position,a,b,why\n{SPA}/race,3,position,a,c,why", "line 3 corrects the same cell as line 2"),
        (f'{SPA}/race,3,position,"a', "line 2: unexpected end of data"),
    ],
)
def test_decisions_that_cannot_stand_stop_the_build_with_their_line(seeds, row, message):
    """A correction that names nothing, or nothing certain, is an error with its line and a remedy."""
    (seeds / "corrections.csv").write_text(f"sheet,line,column,expect,value,reason\n{row}\n")
    with pytest.raises(DataError, match=re.escape(message)) as error:
        gathered(seeds)
    assert error.value.remedy


def test_identity_decisions_carry_their_lines(seeds):
    """identity.csv comes as text columns, with the line of each decision."""
    (seeds / "identity.csv").write_text("op,a,b,reason,date\nsame,a,b,why,2024-01-01\n\nis,c,d,why,2024-01-02\n")
    decisions = gathered(seeds).decisions
    assert decisions["op"].to_pylist() == ["same", "is"]
    assert decisions["row"].to_pylist() == [2, 4]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_decisions_saved_by_a_spreadsheet_are_read(sign):
    """Semicolons and tabs, a mark of the encoding and any order of columns are read, and kept by what is added."""
    table = f"\ufeffdate{sign}op{sign}a{sign}b{sign}reason\r\n2026{sign}same{sign}x{sign}y{sign}z\r\n".encode()
    more = {"op": "label", "a": "x", "b": "Mr. X", "reason": "told, so", "date": "2027"}
    read = read_identity(table + line_more(table, more)).to_pylist()
    assert [(row["op"], row["reason"], row["date"]) for row in read] == [
        ("same", "z", "2026"),
        ("label", "told, so", "2027"),
    ]


def test_header_of_decisions_is_checked(seeds):
    """A decisions file with other columns says which ones it must have."""
    (seeds / "identity.csv").write_text("operation,a,b\n")
    with pytest.raises(DataError, match=r"identity\.csv line 1: the header is operation,a,b"):
        gathered(seeds)


def test_glob_names_some_of_the_events(seeds):
    """A glob takes the folders or files that it names, ids counted from its fixed part."""
    assert [s.sheet_id for s in gathered(seeds / "*-spa-*").sheets] == [f"{SPA}/race", "2009-spa-24-hours/grid"]
    only_grids = gathered(seeds / "*" / "grid.txt")
    assert [s.source.season for s in only_grids.sheets] == [2000, 2009]


@pytest.mark.parametrize("path", [f"{SPA}/event.toml", IDENTITY])
def test_a_file_that_vanishes_behind_the_listing_is_named(seeds, path):
    """Facts or decisions that are removed while a build looks at the seeds stop it with their name and the remedy."""
    found = scan(str(seeds))
    (seeds / path).unlink()
    with pytest.raises(UserError, match=f"{path} cannot be read: No such file") as caught:
        gather(found)
    assert caught.value.remedy == "Build again."


def test_decisions_beside_a_pattern_are_named_when_left_aside(seeds):
    """Where a pattern names some events, what people decided for all is not applied, and a warning says so."""
    (seeds / CORRECTIONS).write_text("sheet,line,column,expect,value,reason\n2009-spa-24-hours/grid,1,laps,1,2,x\n")
    found = scan(str(seeds / "1997*"))
    assert found.strays == {CORRECTIONS: NOT_NAMED, IDENTITY: NOT_NAMED}
    assert [sheet.sheet_id for sheet in gather(found).sheets] == ["1997-spa-24-hours/race"]
    assert gather(found).decisions.num_rows == 0


def test_decisions_below_the_root_are_no_sheets(seeds):
    """A file of decisions in a folder is not taken for a sheet: a warning says where it belongs."""
    path = f"2009-spa-24-hours/{CORRECTIONS}"
    (seeds / path).write_text("sheet,line,column,expect,value,reason\n")
    found = scan(str(seeds))
    assert path not in found.files
    assert "only at the root" in found.strays[path]


def test_missing_root_says_what_to_name():
    """A root that is not there is a wrong call, with the remedy."""
    with pytest.raises(UserError, match="does not exist") as error:
        scan("/nowhere/at/all")
    assert "parcferme build" in (error.value.remedy or "")
    with pytest.raises(UserError, match="No file matches"):
        scan("/tmp/no-such-*-folder")
    with pytest.raises(UserError, match="Seeds cannot lie at gs://bucket"):
        scan("gs://bucket/seeds")


def test_batches_keep_order_and_bounds(seeds):
    """Batches hold all sheets in order, none above the bounds unless it is a single sheet."""
    sheets = gathered(seeds).sheets
    for most_bytes, most_sheets in [(1, 10), (10_000, 10), (10**9, 1), (10**9, 3)]:
        cut = [batch.sheets for batch in batches(sheets, most_bytes, most_sheets)]
        assert [s for batch in cut for s in batch] == list(sheets)
        assert all(len(b) <= most_sheets and (len(b) == 1 or sum(s.size for s in b) <= most_bytes) for b in cut)
