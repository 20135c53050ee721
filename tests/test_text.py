import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.sheets import read_sheets
from transforms.sources import Source
from transforms.text import read_text, replay

# Bytes that look like sheets more often than chance would have it.
_PIECES = [b"|", b"\t", b";", b",", b"\r", b"\n", b"\r\n", b" / ", b"1st", b"12", b"1:27.898", b"Kox", b"\x81", b"\xe9"]
_PIECES += [b'"', b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", "é".encode(), b"  ", b"Did not finish:", b"Porsche 911"]
_sheets = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(_PIECES), max_size=60).map(b"".join))


@given(_sheets)
def test_any_bytes_come_back(data: bytes) -> None:
    """Whatever the bytes, the lines give them back with the encoding and newline that were read."""
    text = read_text(data)
    assert replay(text.encoding, text.newline, text.lines) == data


@given(st.lists(_sheets, max_size=4))
def test_any_sheets_are_accounted_for(sheets: list[bytes]) -> None:
    """Of any sheets, every line has one outcome, the tables give the bytes back, and crews are driver rows."""
    sources = [Source(f"s{i}", None, f"s{i}.txt", "", data) for i, data in enumerate(sheets)]
    tables = read_sheets(sources)
    lines = tables["lines"].to_pylist()
    for source, sheet in zip(sources, tables["sheets"].to_pylist(), strict=True):
        own = [line for line in lines if line["sheet_id"] == source.sheet_id]
        assert [line["line"] for line in own] == list(range(1, sheet["lines"] + 1))
        assert replay(sheet["encoding"], sheet["newline"], [line["text"] for line in own]) == source.data
        assert sheet["results"] == sum(line["outcome"] == "result" for line in own)
        assert sheet["rejects"] == sum(line["outcome"] == "reject" for line in own)
        assert all(bool(line["reason"]) == (line["outcome"] == "reject") for line in own)
    assert tables["results"].num_rows == sum(sheet["results"] for sheet in tables["sheets"].to_pylist())
    assert tables["driver_results"].num_rows == sum(tables["results"]["crew_size"].to_pylist())


@pytest.mark.parametrize(
    ("data", "encoding", "newline", "lines"),
    [
        (b"", "utf-8", "none", []),
        (b"a", "utf-8", "none", ["a"]),
        (b"a\nb\n", "utf-8", "lf", ["a", "b"]),
        (b"a\nb", "utf-8", "lf-open", ["a", "b"]),
        (b"a\r\n\r\n", "utf-8", "crlf", ["a", ""]),
        (b"a\rb\r", "utf-8", "cr", ["a", "b"]),
        (b"a\r\nb\n", "utf-8", "mixed", ["a\r\n", "b\n"]),
        (b"\xef\xbb\xbfa\n", "utf-8-bom", "lf", ["a"]),
        ("\ufeffé\n".encode("utf-16-le"), "utf-16-le-bom", "lf", ["é"]),
        (b"H\xe9lary\n", "windows-1252", "lf", ["Hélary"]),
        (b"\x81\n", "windows-1252", "lf", ["\x81"]),
    ],
)
def test_encodings_and_line_ends_are_told_apart(data: bytes, encoding: str, newline: str, lines: list[str]) -> None:
    """A byte-order mark, UTF-8 or else Windows-1252, and every kind of line end, are read and said."""
    text = read_text(data)
    assert (text.encoding, text.newline, text.lines) == (encoding, newline, lines)


def test_a_sheet_is_read_the_same_in_any_company() -> None:
    """A sheet's rows do not depend on what else is in the batch, nor on the order in which sheets are given."""
    table = b"".join(b"%d | %d | Kox / Menzel | BMW M3 | %d | 2:38.794\n" % (i, i + 40, 90 - i) for i in range(1, 9))
    sources = [Source(f"s{i}", None, f"s{i}.txt", "", data) for i, data in enumerate([table, b"prose\n", table[:300]])]
    together = read_sheets(sources[::-1])
    alone = [read_sheets([source]) for source in sources]
    for name, whole in together.items():
        assert whole.to_pylist() == [row for tables in alone for row in tables[name].to_pylist()]
