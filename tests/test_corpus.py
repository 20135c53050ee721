"""Sheets written to break readers, each with what must become of it beside it (see corpus_cases.py)."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.corpus_cases import ROLES, Case, cases, run_lengths
from transforms.schema import OUTCOMES, SEVERITIES, TABLES
from transforms.sheets import read_sheets
from transforms.text import replay

CORPUS, TODO = cases("corpus"), cases("corpus_todo")
KEYS = {"proves", "outcomes", "source", "sheet", "cells", "drivers", "rejects", "findings"}
Rows = list[dict[str, Any]]


class Tables:
    """What the reader made of all cases in one call, by sheet."""

    def __init__(self) -> None:
        self.tables: dict[str, pa.Table] = read_sheets([case.source for case in CORPUS + TODO])

    def of(self, case: Case, table: str) -> Rows:
        """The rows of one sheet in one table."""
        rows = self.tables[table]
        key = rows["sheet_id"] if "sheet_id" in rows.column_names else None
        found: Rows = rows.filter(pc.equal(key, case.name)).to_pylist()
        return found


@pytest.fixture(scope="session")
def read() -> Tables:
    return Tables()


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_the_sheet_is_read_as_its_expectation_says(case: Case, read: Tables) -> None:
    """What the reader makes of the sheet is what a person wrote down beside it."""
    wrong = differences(case, read)
    assert not wrong, f"{case.expected['proves']}\n" + "\n".join(f"  {line}" for line in wrong)


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.xfail(reason="known to fail")) for case in TODO], ids=lambda c: c.name
)
def test_the_sheet_is_not_yet_read_as_its_expectation_says(case: Case, read: Tables) -> None:
    """A case known to fail still fails; once it passes it moves to the corpus."""
    assert not differences(case, read)


@pytest.mark.parametrize("case", CORPUS + TODO, ids=lambda case: case.name)
def test_every_line_is_accounted_for(case: Case, read: Tables) -> None:
    """Bytes come back from the ledger, each result is a line, each reject says why, each crew member is a row."""
    [sheet], lines, results = read.of(case, "sheets"), read.of(case, "lines"), read.of(case, "results")
    assert replay(sheet["encoding"], sheet["newline"], [line["text"] for line in lines]) == case.source.data
    assert [line["line"] for line in lines] == list(range(1, sheet["lines"] + 1))
    assert [line["line"] for line in lines if line["outcome"] == "result"] == [row["line"] for row in results]
    assert [line["line"] for line in lines if line["outcome"] == "reject" and not line["reason"]] == []
    assert sheet["results"] == len(results)
    assert sheet["rejects"] == sum(line["outcome"] == "reject" for line in lines)
    assert sum(len(row["crew"]) for row in results) == len(read.of(case, "driver_results"))


@pytest.mark.parametrize("case", CORPUS + TODO, ids=lambda case: case.name)
def test_the_expectation_is_well_formed(case: Case) -> None:
    """An expectation speaks of known keys, columns, roles and outcomes, and of as many lines as the input has."""
    expected = case.expected
    assert expected["proves"]
    assert set(expected) <= KEYS
    assert set(expected.get("sheet", {})) <= set(columns("sheets"))
    assert set(expected.get("sheet", {}).get("layout", ())) <= ROLES
    for rows, table in (("cells", "results"), ("drivers", "driver_results")):
        for row in expected.get(rows, {}).values():
            assert set(row) | set(row.get("null", ())) <= {*columns(table), "null"}
    assert {finding.get("severity", "note") for finding in expected.get("findings", ())} <= set(SEVERITIES)
    if case.outcomes is not None:
        assert frozenset().union(*case.outcomes) <= set(OUTCOMES)
        assert len(case.outcomes) == lines_in(case.source.data), "outcomes and lines differ in number"


def columns(table: str) -> list[str]:
    return [column.name for column in TABLES[table].columns]


def lines_in(data: bytes) -> int:
    """Number of lines, counted apart from the reader."""
    codec = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    text = data.decode(codec)
    if not re.search(r"[\r\n]", text):
        text = data.decode("utf-8" if codec == "latin-1" else codec, "replace")
        return len(re.findall(r"[^\v\f\x85\u2028\u2029]*[\v\f\x85\u2028\u2029]|[^\v\f\x85\u2028\u2029]+\Z", text))
    return len(re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text))


def differences(case: Case, read: Tables) -> list[str]:
    """One readable line for each thing that is not as expected."""
    expected, lines = case.expected, read.of(case, "lines")
    return [
        *_outcomes(case, lines),
        *_cells("sheet", expected.get("sheet", {}), read.of(case, "sheets")[0]),
        *_results(expected.get("cells", {}), read.of(case, "results")),
        *_drivers(case, expected.get("drivers", {}), read),
        *_rejects(expected.get("rejects", ()), lines),
        *_findings(expected.get("findings"), read.of(case, "findings")),
    ]


def _outcomes(case: Case, lines: Rows) -> list[str]:
    if case.outcomes is None:
        return []
    got = [line["outcome"] for line in lines]
    if len(got) != len(case.outcomes):
        return [f"outcomes: expected {len(case.outcomes)} lines, got {len(got)}: {run_lengths(got)}"]
    wrong = [line for line, want in zip(lines, case.outcomes, strict=True) if line["outcome"] not in want]
    summary = [f"outcomes: expected {case.expected['outcomes']}, got {run_lengths(got)}"] if wrong else []
    return summary + [
        f"line {line['line']}: {line['outcome']} ({line['reason'] or 'no reason'}): {line['text'][:90]!r}"
        for line in wrong[:5]
    ]


def _results(cells: dict[str, dict[str, Any]], results: Rows) -> list[str]:
    by_line = {str(row["line"]): row for row in results}
    return [
        difference
        for line, want in cells.items()
        for difference in (
            _cells(f"line {line}", want, by_line[line]) if line in by_line else [f"line {line}: no result"]
        )
    ]


def _cells(where: str, want: dict[str, Any], got: dict[str, Any]) -> list[str]:
    """Differences of one row; floats to the printed digit, `extra` as a subset."""
    wrong = []
    for column, value in want.items():
        if column == "null":
            wrong += [f"{where}: {name} expected null, got {got[name]!r}" for name in value if got[name] is not None]
        elif column == "extra":
            extra = {cell["name"]: cell["value"] for cell in got["extra"]}
            wrong += [
                f"{where}: extra {name} expected {cell!r}, got {extra.get(name)!r} of {extra}"
                for name, cell in value.items()
                if extra.get(name) != cell
            ]
        elif isinstance(value, float) and got[column] is not None:
            wrong += (
                [] if abs(got[column] - value) < 5e-5 else [f"{where}: {column} expected {value}, got {got[column]}"]
            )
        elif got[column] != value:
            wrong.append(f"{where}: {column} expected {value!r}, got {got[column]!r}")
    return wrong


def _drivers(case: Case, drivers: dict[str, dict[str, list[Any]]], read: Tables) -> list[str]:
    rows = read.of(case, "driver_results") if drivers else []
    wrong = []
    for line, want in drivers.items():
        seats = [row for row in rows if row["result_id"] == f"{case.name}:{line}"]
        for column, values in want.items():
            got = [seat[column] for seat in seats]
            if got != values:
                wrong.append(f"line {line}: drivers' {column} expected {values!r}, got {got!r}")
    return wrong


def _rejects(rejects: Rows, lines: Rows) -> list[str]:
    wrong = []
    for want in rejects:
        line = lines[want["line"] - 1]
        if line["outcome"] != "reject" or want.get("reason", "").lower() not in (line["reason"] or "").lower():
            got = f"{line['outcome']}: {line['reason']!r}"
            wrong.append(f"line {want['line']}: expected a reject for {want.get('reason')!r}, got {got}")
    return wrong


def _findings(findings: Rows | None, got: Rows) -> list[str]:
    if findings == [] and got:
        return [f"expected no finding, got {finding['check']}: {finding['message']}" for finding in got]
    return [
        f"expected a finding {want}, got {[(f['check'], f['line'], f['column'], f['message']) for f in got][:6]}"
        for want in findings or ()
        if not any(_matches(want, finding) for finding in got)
    ]


def _matches(want: dict[str, Any], finding: dict[str, Any]) -> bool:
    return all(
        str(value).lower() in str(finding[key]).lower() if key == "message" else finding[key] == value
        for key, value in want.items()
    )
