import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests" / "corpus"


def _read(*arguments, stdin=b""):
    command = [sys.executable, "-m", "flows.cli", "read", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, check=False, timeout=60)


def test_a_sheet_is_shown_with_its_columns_and_lines():
    """`parcferme read` names each column's role, how sure it is and what the cells look like."""
    done = _read("seeds/1997-spa-24-hours/race.txt")
    text = done.stdout.decode()
    assert done.returncode == 0
    assert "44 lines: 44 results, no rejects" in text
    assert "decoded from their content" in text
    assert any(line.split()[:3] == ["9", "lap_time", "100%"] and "2:33.5740" in line for line in text.splitlines())
    assert any(line.split() == ["1–44", "result"] for line in text.splitlines())


def test_rejects_are_shown_with_their_reason():
    """A line that would be rejected is shown with its text and reason, and the command exits with 1."""
    done = _read(CORPUS / "row-broken-in-two" / "input.txt")
    assert done.returncode == 1
    assert "3 cells where the layout has 6" in done.stdout.decode()


def test_a_doubtful_layout_prints_the_line_that_settles_it(tmp_path):
    """What is in doubt is named with the `columns = [...]` line, and that line in event.toml settles it."""
    sheet = tmp_path / "race.txt"
    sheet.write_text("".join(f"{i} | Kox / Menzel | BMW M3 | {100 + i}.5\n" for i in range(1, 7)))
    first = _read("--json", sheet)
    doubt = json.loads(first.stdout)["tables"][0]["doubt"]
    assert first.returncode == 1
    assert "columns = [" in doubt
    (tmp_path / "event.toml").write_text('[sheets.race]\ncolumns = ["position", "crew", "car", "lap_speed"]\n')
    second = json.loads(_read("--json", sheet).stdout)
    assert second["sheet"]["layout_basis"] == "declared"
    assert second["sheet"]["results"] == 6


def test_what_is_wrong_with_event_toml_is_told(tmp_path):
    """A sheet says below which line of event.toml its columns stand, and that they stand elsewhere, where they do."""
    sheet = tmp_path / "race 2.txt"
    sheet.write_text("".join(f"{i} | Kox / Menzel | BMW M3 | {100 + i}.5\n" for i in range(1, 7)))
    (tmp_path / "event.toml").write_text('columns = ["position", "crew", "car", "lap_speed"]\n')
    said = _read(sheet).stdout.decode()
    assert f'Write columns = [...] below [sheets."race 2"] in {tmp_path}/event.toml.' in said
    assert f"warning: {tmp_path}/event.toml line 1: `columns` is about one sheet" in said
    assert len(json.loads(_read("--json", sheet).stdout)["event_findings"]) == 1


def test_long_lines_are_cut_to_the_width_of_the_terminal(tmp_path):
    """A caption is cut where it would be wider than the terminal, wide signs counted twice, and says so."""
    sheet = tmp_path / "race.txt"
    sheet.write_text(f"{'耐久' * 60}\n" + (ROOT / "seeds/1997-spa-24-hours/race.txt").read_text("utf-8"), "utf-8")
    lines = _read(sheet).stdout.decode().splitlines()
    assert next(line for line in lines if "耐久" in line) == f"{1:>9}  {'caption':<12}{'耐久' * 24}…"


def test_json_holds_the_whole_account():
    """`--json` gives programs the sheet, its tables with columns, its lines and its findings."""
    account = json.loads(_read("--json", CORPUS / "page-archive-race" / "input.txt").stdout)
    assert [table["section"] for table in account["tables"]][1] == "Did not finish:"
    assert account["tables"][0]["columns"][2]["role"] == "crew"
    assert len(account["lines"]) == account["sheet"]["lines"]


def test_sheets_are_read_packed_and_piped(tmp_path):
    """A gzipped sheet and one from the standard input are read like any other."""
    plain = (ROOT / "seeds/2000-srwc-magny-cours/grid.txt").read_bytes()
    packed = tmp_path / "grid.txt.gz"
    packed.write_bytes(gzip.compress(plain))
    for done in (_read(packed), _read("-", stdin=plain)):
        assert "26 lines: 26 results, no rejects" in done.stdout.decode()


def test_a_folder_is_read_sheet_by_sheet(tmp_path):
    """Each sheet below a folder is shown, in order of names, as a build finds them; one without sheets is refused."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "1997" / "spa").mkdir(parents=True)
    for name in ("race.txt", "grid.txt", "README.md", "event.toml", "photo.jpg", "identity.csv", ".grid.txt"):
        (tmp_path / name).touch()
    (tmp_path / "1997" / "spa" / "race.md").touch()
    told = [json.loads(line) for line in _read("--json", tmp_path).stdout.splitlines()]
    shown = [str(Path(account["sheet"]["path"]).relative_to(tmp_path)) for account in told]
    assert shown == ["1997/spa/race.md", "grid.txt", "race.txt"]
    assert "There is no sheet below" in _read(tmp_path / "empty").stderr.decode()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.txt", None, "cannot be read: No such file or directory"),
        ("race.pdf", b"", "is no sheet"),
        ("race.txt.gz", b"no gzip", "is no whole gzip file"),
    ],
)
def test_what_is_no_sheet_is_refused(tmp_path, name, content, message):
    """A missing file, another kind of file and a broken one are refused with a clear message, without a traceback."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = _read(tmp_path / name)
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_hostile_text_cannot_steer_the_terminal(tmp_path):
    """Escape sequences in a sheet are shown, not obeyed."""
    sheet = tmp_path / "race.txt"
    shutil.copy(ROOT / "seeds/1997-spa-24-hours/race.txt", sheet)
    sheet.write_bytes(b"\x1b[2J\x1b]0;owned\x07 a caption\n" + sheet.read_bytes())
    out = _read(sheet).stdout
    assert b"\x1b" not in out
    assert b"\\x1b[2J" in out
