"""The reader: from the bytes of sheets to lines, results and driver rows, with every line accounted for.

Data flows one way: text, lines, cells, pages, layouts, slots, typed columns, tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from transforms import results
from transforms.arrays import Bools
from transforms.columns import Layout
from transforms.corrections import correct
from transforms.crews import read_crews
from transforms.dialect import DIALECTS, NONE, Cells, Lines, Marks, choose_dialects, in_markup, plain, split_cells
from transforms.doubts import find_doubts
from transforms.driver_rows import own_columns, with_cars
from transforms.facts import SheetFacts
from transforms.layouts import resolve
from transforms.ledger import lines_table, sheets_table
from transforms.ordinals import numbers_apart, places_apart
from transforms.pages import Page, read_pages
from transforms.quoted import join_quoted
from transforms.rows import extras, keep_rows, place, with_cells_of_crews
from transforms.sources import Source
from transforms.text import Text, join_lines, read_text
from transforms.torn import mend
from transforms.undivided import divide_undivided, unquoted
from transforms.verdicts import judge
from transforms.wikitext import unwrap


@dataclass(frozen=True, slots=True)
class Reading:
    """A batch of sheets as understood: the tables, and the layouts and lines behind them for those who ask why.

    Of driver_results there is what is the drivers' own.
    """

    tables: dict[str, pa.Table]
    lines: Lines
    cells: Cells
    page: Page
    layouts: list[Layout]


def read_sheets(sources: Sequence[Source]) -> dict[str, pa.Table]:
    """Read sheets into the tables sheets, lines, results, driver_results and findings of the schema.

    Sheets do not share anything: each one's rows are the same whatever else is in the batch. Rows are in
    order of sheet_id, line and seat; columns that only identities can fill are null.
    """
    tables = read(sources).tables
    return tables | {"driver_results": with_cars(tables["driver_results"], tables["results"])}


def read(sources: Sequence[Source]) -> Reading:
    """Read sheets as `read_sheets` does, and keep what explains the result."""
    ordered = sorted(sources, key=lambda source: source.sheet_id)
    texts = [read_text(source.data) for source in ordered]
    lines, binary = _lines(texts)
    printed, of_rows = unwrap(unquoted(replace(lines, text=plain(lines.text)), len(ordered)))
    marks = Marks.of(printed.text)
    dialects = choose_dialects(printed, marks, len(ordered))
    markup = in_markup(printed, len(ordered))
    dialects[binary | markup] = NONE
    divided, of_cells = divide_undivided(printed, dialects, binary | markup)
    joined, of_quotes = join_quoted(divided, dialects)
    marks = marks if joined is printed else Marks.of(joined.text)
    printed = joined
    cells = places_apart(split_cells(printed, marks, dialects), lines.sheet)
    cells = numbers_apart(cells, lines.sheet)
    cells, continued = mend(lines, cells)
    page = read_pages(printed, cells, np.concatenate([continued, of_rows, of_quotes, of_cells]))
    layouts = resolve(lines, cells, page, ordered)
    cells = correct(cells, lines, page, layouts, ordered)
    placed = place(cells, page, layouts)
    rows = results.read_rows(placed, layouts, lines, ordered)
    verdict = judge(lines, page, layouts, placed, rows, binary, markup, dialects)
    placed, rows = keep_rows(placed, verdict.kept), rows.keep(verdict.kept)
    separators = [source.crew_separator for source in ordered]
    crews = read_crews(rows.texts["crew"].column(), lines.sheet[placed.lines], separators)
    facts = SheetFacts.of(ordered, lines, page, layouts, cells, (placed.lines, rows.typed.columns))
    beside = with_cells_of_crews(extras(placed, layouts), "crew_countries", crews.row, crews.country)
    beside = with_cells_of_crews(beside, "crew_marks", crews.row, crews.mark)
    tables = {
        "lines": lines_table(ordered, lines, verdict),
        "results": results.results_table(placed, rows, crews, facts, lines, beside),
        "driver_results": own_columns(crews),
        "sheets": sheets_table(ordered, texts, [DIALECTS[d] for d in dialects], facts, verdict, lines),
        "findings": find_doubts(ordered, texts, binary, lines, page, layouts, placed, rows, verdict, crews),
    }
    return Reading(tables, lines, cells, page, layouts)


def _lines(texts: Sequence[Text]) -> tuple[Lines, Bools]:
    text, counts, binary = join_lines(texts)
    starts = np.concatenate([[0], np.cumsum(counts)])
    number = np.arange(starts[-1]) - np.repeat(starts[:-1], counts) + 1
    return Lines(np.repeat(np.arange(len(texts)), counts), number, text), binary
