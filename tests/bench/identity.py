"""Measure the identity step on a simulated archive: `python -m tests.bench.identity --mentions 100000 --curve`."""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests.bench.archive import Archive, simulate
from tests.bench.score import Score, score
from transforms.identity import linking, points
from transforms.identity.arrays import with_column
from transforms.identity.mentions import in_order
from transforms.identity.resolution import resolve

NO_DECISIONS = pa.schema([(name, pa.string()) for name in ("op", "a", "b", "reason", "date")] + [("row", pa.int64())])
# Evidence that the prototype did not use.
NEW = ("same car at the event", "elsewhere at the event", "number kept", "yearly race")


def measure(archive: Archive) -> tuple[Score, float, float]:
    """Resolve the archive; the score, and the seconds that it took by the clock and of the processors."""
    started, used = time.perf_counter(), time.process_time()
    out = resolve(archive.read, NO_DECISIONS.empty_table(), None)
    seconds, worked = time.perf_counter() - started, time.process_time() - used
    return rate(archive, out["driver_results"]), seconds, worked


def rate(archive: Archive, rows: pa.Table) -> Score:
    """The score of identified driver_results against the archive's truth."""
    printed = archive.read["driver_results"]
    place = pc.index_in(_keys(printed), _keys(rows).combine_chunks()).to_numpy()
    found = rows["driver_id"].combine_chunks().dictionary_encode().indices.to_numpy()[place]
    linked = pc.is_in(rows["link_method"], pa.array(["linked", "decision"])).to_numpy()[place]
    return score(archive.truth, found, archive.form, linked)


def _keys(rows: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(rows["result_id"], rows["seat"].cast(pa.string()), "/")


@contextmanager
def without(names: tuple[str, ...]) -> Iterator[None]:
    """Judge without these terms."""
    silent = tuple(
        (name, (lambda w: np.zeros(len(w.pairs), dtype=np.int64)) if name in names else term)
        for name, term in points.TERMS
    )
    with patch.object(points, "TERMS", silent):
        yield


def curve(archive: Archive) -> None:
    """Print how right surname links are, and how many are found, bar by bar, without the new evidence and with it."""
    print("bar   surnames right / found          initials right / found          wrong merges")
    print("      before           after          before           after          before  after")
    for bar in (5, 7, 9, 11, 13, 15):
        with patch.object(linking, "BAR", bar):
            with without(NEW):
                old, _, _ = measure(archive)
            new, _, _ = measure(archive)
        cells = [f"{one[0]:.4f} / {one[1]:.3f}" for one in (old.surname, new.surname, old.initial, new.initial)]
        print(f"{bar:3}   {'   '.join(cells)}   {old.wrong_merges:6} {new.wrong_merges:6}")


def renew(archive: Archive, count: int) -> None:
    """Put a stranger for the first name of so many sheets, far apart, and print what judging those concerned takes."""
    by = [("sheet_id", "ascending"), ("line", "ascending")]
    read = archive.read | {"results": archive.read["results"].sort_by(by)}
    rows = in_order(read["driver_results"], read["results"])
    before = read | {"driver_results": rows}
    before |= resolve(before, NO_DECISIONS.empty_table(), None)
    sheets = pc.unique(rows["sheet_id"]).to_pylist()
    changed = sheets[:: max(1, len(sheets) // count)][:count]
    first = np.isin(np.arange(len(rows)), pc.index_in(pa.array(changed), rows["sheet_id"].combine_chunks()).to_numpy())
    after = read | {
        "driver_results": with_column(
            rows, "name_text", pc.if_else(pa.array(first), "Newcomer Unheard-of", rows["name_text"].combine_chunks())
        )
    }
    spent = []
    for unchanged in (frozenset[str](), frozenset(sheets) - set(changed)):
        used = time.process_time()
        out = resolve(after, NO_DECISIONS.empty_table(), before, unchanged)
        spent.append((time.process_time() - used, out))
    (whole, all_), (part, some) = spent
    same = all(_plain(some[name]).equals(_plain(all_[name])) for name in all_)
    print(f"after {count} sheets changed: {part:.2f} s of processor time for those concerned, {whole:.2f} s for all")
    print(f"ratio {part / whole:.2f}; the tables are {'the same' if same else 'NOT THE SAME'}")


def _plain(table: pa.Table) -> pa.Table:
    """The findings in order, each once, as the flow puts them; any other table as it is."""
    if "observed" not in table.column_names:
        return table
    return (
        table.group_by(table.column_names).aggregate([]).sort_by([(name, "ascending") for name in table.column_names])
    )


def make(mentions: int, seed: int, folder: Path) -> None:
    """Simulate an archive and save it."""
    simulate(mentions, seed).save(folder)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=int, default=100_000, help="size of the archive")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same archive")
    parser.add_argument("--curve", action="store_true", help="also bar by bar, without and with the newer evidence")
    parser.add_argument("--changed", type=int, metavar="N", help="also judge again after changes in N sheets")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        # In a process of its own, so that the peak of memory is that of the resolution.
        with ProcessPoolExecutor(1) as other:
            other.submit(make, arguments.mentions, arguments.seed, Path(folder)).result()
        archive = Archive.load(Path(folder))
    result, seconds, worked = measure(archive)
    people = len(np.unique(archive.truth))
    print(f"{archive.mentions:,} mentions of {people:,} people in {seconds:.2f} s ({worked:.2f} s of processor time)")
    print(f"pairs        precision {result.pair_precision:.4f}   recall {result.pair_recall:.4f}")
    print(f"B-cubed      precision {result.cubed_precision:.4f}   recall {result.cubed_recall:.4f}")
    print(f"wrong merges {result.wrong_merges}")
    print(
        f"surnames     right {result.surname[0]:.4f}   found {result.surname[1]:.4f} (of all {result.surname_all:.4f})"
    )
    print(f"initials     right {result.initial[0]:.4f}   found {result.initial[1]:.4f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory  {peak:.2f} GiB, the tables of the archive included")
    if arguments.changed:
        renew(archive, arguments.changed)
    if arguments.curve:
        curve(archive)


if __name__ == "__main__":
    main()
