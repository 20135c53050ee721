"""Broken sheets: those of the corpus and the seeds, cut, swapped, repeated and spliced by bytes.

`python -m tests.fuzz --inputs 100000` reads so many, and prints every promise that one of them broke.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.compute as pc

from tests.corpus_cases import cases
from transforms.schema import OUTCOMES
from transforms.sheets import read_sheets
from transforms.sources import Source
from transforms.text import replay

SEEDS = Path(__file__).parent.parent / "seeds"
# What breaks readers: line ends, delimiters, marks, controls, marks of byte order, text that looks like a program.
SPLICES = (
    *(b"\r", b"\n", b"\r\n", b"\r\r\n", b"\n\n", b"|", b"||", b"\t", b";", b",", b'"', b" / ", b"  ", b"\0", b"\x1a"),
    *(b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xc3", b"\xe2\x80\xae", b"\xf0\x9f\x8f\x81", b"\x85"),
    *(b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\x0b", b"\x0c", b"\x1b[2J", b"<script>", b"=cmd()", b"|---|---|\n"),
    *(b"Did not finish:\n", b"1st", b"no time", b"9" * 40, b"1e309", b"-1", b"99:99:99.9999", b"24:00:18.168", b"DNF"),
)


def originals() -> list[bytes]:
    """Every sheet of the corpus and of the seeds, as bytes."""
    sheets = sorted(path for path in SEEDS.rglob("*") if path.suffix in (".txt", ".md", ".csv", ".tsv"))
    return [path.read_bytes() for path in sheets] + [
        case.source.data for room in ("corpus", "corpus_todo") for case in cases(room)
    ]


def mutations(seed: int, count: int) -> Iterator[bytes]:
    """`count` broken sheets, the same for the same seed."""
    random, sheets = Random(seed), originals()
    for _ in range(count):
        data = random.choice(sheets)[: random.choice((200, 600, 2000, 8000))]
        for _ in range(random.choice((1, 1, 2, 3, 8))):
            data = random.choice(_MUTATIONS)(random, data, sheets)
        yield data


def sources(seed: int, count: int) -> list[Source]:
    """The broken sheets as the reader is given them; some with a kind or columns that do not fit."""
    random = Random(seed)
    facts = (
        {"kind": "unknown", "columns": None},
        {"kind": "race", "columns": None},
        {"kind": "entry-list", "columns": None},
        {"kind": "unknown", "columns": ("position", "car_number", "crew", "car")},
    )
    return [
        Source(f"{i:06}", None, f"{i:06}.txt", hashlib.sha256(data).hexdigest(), data, **random.choice(facts))
        for i, data in enumerate(mutations(seed, count))
    ]


def broken_promises(given: list[Source], read: dict[str, pa.Table]) -> list[str]:
    """Each promise of the ledger that does not hold, in one line; none when all is well."""
    sheets, lines, results = read["sheets"], read["lines"], read["results"]
    by_id = {source.sheet_id: source for source in given}
    broken = []
    if sheets["sheet_id"].to_pylist() != sorted(by_id):
        broken.append("not one row per sheet, in order")
    texts: dict[str, list[str]] = {sheet_id: [] for sheet_id in by_id}
    for sheet_id, text in zip(lines["sheet_id"].to_pylist(), lines["text"].to_pylist(), strict=True):
        texts[sheet_id].append(text)
    for sheet in sheets.select(["sheet_id", "encoding", "newline", "lines"]).to_pylist():
        sheet_id = sheet["sheet_id"]
        if replay(sheet["encoding"], sheet["newline"], texts[sheet_id]) != by_id[sheet_id].data:
            broken.append(f"{sheet_id} does not come back byte for byte ({sheet}): {by_id[sheet_id].data[:200]!r}")
        if sheet["lines"] != len(texts[sheet_id]):
            broken.append(f"{sheet_id} has {sheet['lines']} lines, the ledger {len(texts[sheet_id])}")
    outcomes = pc.value_counts(lines["outcome"]).to_pylist()
    broken += [f"outcome {row['values']!r}" for row in outcomes if row["values"] not in OUTCOMES]
    accounted = lines.filter(pc.equal(lines["outcome"], "result")).select(["sheet_id", "line"])
    if accounted.to_pylist() != results.select(["sheet_id", "line"]).to_pylist():
        broken.append("lines with the outcome result and results differ")
    rejects = lines.filter(pc.equal(lines["outcome"], "reject"))
    if pc.sum(pc.equal(pc.fill_null(rejects["reason"], ""), "")).as_py():
        broken.append("a reject without a reason")
    crews, drivers = pc.sum(results["crew_size"]).as_py() or 0, read["driver_results"].num_rows
    if not crews == (pc.sum(pc.list_value_length(results["crew"])).as_py() or 0) == drivers:
        broken.append(f"{crews} in crews, {drivers} driver rows")
    return broken


def _cut(random: Random, data: bytes, _: list[bytes]) -> bytes:
    start, end = _span(random, data)
    return data[:start] + data[end:]


def _swap(random: Random, data: bytes, _: list[bytes]) -> bytes:
    start, end = _span(random, data)
    middle = random.randint(start, end)
    return data[:start] + data[middle:end] + data[start:middle] + data[end:]


def _repeat(random: Random, data: bytes, _: list[bytes]) -> bytes:
    start, end = _span(random, data)
    return data[:end] + data[start:end] * random.randint(1, 3) + data[end:]


def _splice(random: Random, data: bytes, _: list[bytes]) -> bytes:
    start = random.randint(0, len(data))
    return data[:start] + random.choice(SPLICES) + data[start:]


def _cross(random: Random, data: bytes, sheets: list[bytes]) -> bytes:
    other = random.choice(sheets)[:4000]
    (start, _), (from_, to) = _span(random, data), _span(random, other)
    return data[:start] + other[from_:to] + data[start:]


def _byte(random: Random, data: bytes, _: list[bytes]) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _lines(random: Random, data: bytes, _: list[bytes]) -> bytes:
    lines = data.splitlines(keepends=True)
    random.shuffle(lines)
    return b"".join(lines)


def _span(random: Random, data: bytes) -> tuple[int, int]:
    start = random.randint(0, len(data))
    return start, min(len(data), start + random.choice((1, 2, 8, 60, 400)))


_MUTATIONS: tuple[Callable[[Random, bytes, list[bytes]], bytes], ...] = (
    _cut,
    _swap,
    _repeat,
    _splice,
    _splice,
    _cross,
    _byte,
    _lines,
)


def broken_by(given: list[Source]) -> list[str]:
    """The promises broken; an exception is traced to the one sheet that raises it, if one does."""
    try:
        return broken_promises(given, read_sheets(given))
    except Exception as error:
        half = len(given) // 2
        told = f"{given[0].sheet_id} and {len(given) - 1} more: {type(error).__name__}: {error}"
        if not half:
            return [f"{told} for {given[0].data!r} with columns {given[0].columns}"]
        return broken_by(given[:half]) or broken_by(given[half:]) or [told]


def main() -> None:
    """Read many broken sheets in batches; exit 1 when one breaks a promise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started, failed = time.monotonic(), 0
    for done in range(0, options.inputs, options.batch):
        seed = options.seed + done
        given = sources(seed, min(options.batch, options.inputs - done))
        broken = broken_by(given)
        failed += bool(broken)
        for promise in broken[:5]:
            print(f"seed {seed}: {promise}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = time.monotonic() - started
    print(f"{options.inputs} inputs in {seconds:.0f} s, {memory:.0f} MiB at most, {failed} batches failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
