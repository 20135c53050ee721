"""How well the reader finds the roles of made-up sheets: `python -m tests.sheets.accuracy --sheets 10000`."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from tests.sheets.families import sheets
from tests.sheets.rendering import Page, pages
from transforms.sheets import read_sheets


@dataclass
class Score:
    """What became of the columns, sheets and cells of many made-up sheets."""

    columns: int = 0
    right: int = 0
    sheets: int = 0
    rejected: list[str] = field(default_factory=list)
    wrong: list[tuple[Page, list[str]]] = field(default_factory=list)
    confusions: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    cells: Counter[tuple[str, bool]] = field(default_factory=Counter)
    wrong_cells: list[str] = field(default_factory=list)

    @property
    def accuracy(self) -> float:
        """Share of all columns with the right role; those of rejected sheets count by their doubtful layout."""
        return self.right / self.columns


def score(written: list[Page], read: dict[str, pa.Table]) -> Score:
    """Compare what was read with what was written, sheet by sheet."""
    result = Score()
    layouts = {row["sheet_id"]: row for row in read["sheets"].to_pylist()}
    results: dict[tuple[str, int], dict[str, Any]] = {
        (row["sheet_id"], row["line"]): row for row in read["results"].to_pylist()
    }
    for page in written:
        _score_sheet(result, page, layouts[page.source.sheet_id], results)
    return result


def _score_sheet(
    result: Score, page: Page, sheet: dict[str, Any], results: dict[tuple[str, int], dict[str, Any]]
) -> None:
    got = sheet["layout"] or []
    padded = [*got, *["missing"] * (len(page.roles) - len(got))]
    result.sheets += 1
    result.columns += len(page.roles)
    rejected = sheet["results"] == 0
    for want, role in zip(page.roles, padded, strict=False):
        result.right += want == role
        if want != role:
            result.confusions[page.sheet.family, want, role, "rejected" if rejected else "accepted"] += 1
    if rejected:
        result.rejected.append(page.source.sheet_id)
        return
    if got != page.roles:
        result.wrong.append((page, got))
        return
    for line, row in zip(page.lines, page.sheet.rows, strict=True):
        read = results.get((page.source.sheet_id, line))
        for column, value in row.truth.items():
            same = read is not None and read[column] == value
            result.cells[column, same] += 1
            if not same and len(result.wrong_cells) < 200:
                seen = "no result" if read is None else repr(read[column])
                result.wrong_cells.append(f"{page.source.sheet_id}:{line} {column}: {value!r} read as {seen}")


def report(title: str, result: Score) -> str:
    """The score as text: totals, then each confusion of roles and each column with wrong cells."""
    lines = [
        f"{title}: {result.sheets} sheets, {result.columns} columns, {result.right / result.columns:.4%} right; "
        f"rejected {len(result.rejected)} sheets ({len(result.rejected) / result.sheets:.2%}), "
        f"accepted with a wrong role {len(result.wrong)}"
    ]
    lines += [
        f"  {count:6} {family:16} {want} taken for {got} ({what})"
        for (family, want, got, what), count in result.confusions.most_common(40)
    ]
    for column in sorted({column for column, _ in result.cells}):
        wrong = result.cells[column, False]
        if wrong:
            lines.append(f"  {wrong:6} of {wrong + result.cells[column, True]} cells of {column} differ")
    lines += [f"    {cell}" for cell in result.wrong_cells[:12]]
    return "\n".join(lines)


def measure(seed: int, count: int, *, headers: bool) -> tuple[list[Page], Score]:
    """Write `count` sheets, read them in one call, score them."""
    written = pages(seed, list(sheets(seed, count)), headers=headers)
    return written, score(written, read_sheets([page.source for page in written]))


def main() -> None:
    """Print the score of sheets without and with a header, and write the worst sheets where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=3, help="print so many sheets that were read wrongly or rejected")
    options = parser.parse_args()
    for headers in (False, True):
        written, result = measure(options.seed, options.sheets, headers=headers)
        print(report("with a header" if headers else "without a header", result))
        by_id = {page.source.sheet_id: page for page in written}
        for page, got in result.wrong[: options.show]:
            _show(page, f"accepted as {got}")
        for name in result.rejected[: options.show]:
            _show(by_id[name], "rejected")


def _show(page: Page, what: str) -> None:
    print(f"\n{page.source.sheet_id}, {page.sheet.family}, {page.dialect}, {what}; truth {page.roles}")
    print("\n".join(ascii_safe for ascii_safe in _text(page).splitlines()[:6]))


def _text(page: Page) -> str:
    data = page.source.data
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


if __name__ == "__main__":
    main()
