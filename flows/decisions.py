"""Reads the files in which people decide: identity.csv (who is who) and corrections.csv (a printed cell)."""

from __future__ import annotations

import csv
import difflib
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flows.errors import DataError
from transforms.sources import Correction

if TYPE_CHECKING:
    import pyarrow as pa

IDENTITY, CORRECTIONS = "identity.csv", "corrections.csv"
IDENTITY_COLUMNS = ("op", "a", "b", "reason", "date")
_CORRECTION_COLUMNS = ("sheet", "line", "column", "expect", "value", "reason")


def read_identity(data: bytes) -> pa.Table:
    """The decisions of identity.csv as text columns op, a, b, reason, date and `row`, the line of each.

    Raises DataError, with the line, where the file is not such a CSV.
    """
    import pyarrow as pa

    rows = list(_rows(IDENTITY, data, IDENTITY_COLUMNS))
    columns = {name: pa.array([row[name] for _, row in rows], pa.string()) for name in IDENTITY_COLUMNS}
    return pa.table(columns | {"row": pa.array([line for line, _ in rows], pa.int32())})


def line_more(data: bytes, decision: Mapping[str, str]) -> bytes:
    """The bytes that add a decision to these of identity.csv, in the columns and with the delimiter that it has.

    Raises DataError where the file is not such a CSV.
    """
    read_identity(data)
    text = data.decode("utf-8-sig")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    header = next(([cell.strip() for cell in row] for row in rows if any(row)), None)
    added = io.StringIO()
    writer = csv.writer(added, delimiter=delimiter_of(text), lineterminator="\n")
    if header is None:
        writer.writerow(IDENTITY_COLUMNS)
    elif not text.endswith("\n"):
        added.write("\n")
    writer.writerow([decision[name] for name in header or IDENTITY_COLUMNS])
    return added.getvalue().encode()


def read_corrections(data: bytes, sheet_ids: Sequence[str]) -> Mapping[str, tuple[Correction, ...]]:
    """The corrections of corrections.csv by sheet_id.

    Raises DataError, with the line, for a sheet that is not there, a line that is no number, a missing
    reason or a second correction of one cell.
    """
    known = set(sheet_ids)
    seen: dict[tuple[str, int, str], int] = {}
    corrections = defaultdict(list)
    for row, cells in _rows(CORRECTIONS, data, _CORRECTION_COLUMNS):
        where = f"{CORRECTIONS} line {row}"
        sheet, line, column = cells["sheet"], cells["line"], cells["column"]
        if sheet not in known:
            near = difflib.get_close_matches(sheet, sorted(known), n=1)
            raise DataError(f"{where}: there is no sheet `{sheet}`.", _nearest(near, "a sheet_id, such as event/race"))
        if not (line.isascii() and line.isdigit() and 0 < int(line) < 2**31):
            raise DataError(f"{where}: `{line}` is no line number.", "Write the line of the sheet, counted from 1.")
        if not cells["reason"]:
            raise DataError(f"{where}: the reason is missing.", "Say why the printed cell is wrong, and how you know.")
        if earlier := seen.get((sheet, int(line), column)):
            raise DataError(f"{where} corrects the same cell as line {earlier}.", "Remove one of the two.")
        seen[sheet, int(line), column] = row
        corrections[sheet].append(Correction(int(line), column, cells["expect"], cells["value"], cells["reason"], row))
    return {sheet: tuple(found) for sheet, found in corrections.items()}


def delimiter_of(text: str) -> str:
    """What divides the cells below this header: a comma, or what spreadsheets of other languages write in its place."""
    header = text.lstrip().partition("\n")[0]
    return next((sign for sign in ";\t" if sign in header and "," not in header), ",")


def _nearest(near: Sequence[str], example: str) -> str:
    return f"Did you mean `{near[0]}`?" if near else f"Write {example}."


def _rows(name: str, data: bytes, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row as its line and its cells by column, without outer blanks; blank lines are passed over."""
    remedy = f"The file is CSV in UTF-8 with the columns {','.join(columns)}."
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{name} line {line} is not UTF-8.", remedy) from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if not any(trimmed):
                pass
            elif header is None:
                header = trimmed
                if sorted(header) != sorted(columns):
                    raise DataError(f"{name} line {line}: the header is {','.join(header)}.", remedy)
            elif len(cells) != len(columns):
                raise DataError(f"{name} line {line} has {len(cells)} cells, not {len(columns)}.", remedy)
            else:
                yield line, dict(zip(header, trimmed, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{name} line {line}: {error}.", remedy) from None
