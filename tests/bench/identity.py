"""Measure the identity step on a simulated archive: `python -m tests.bench.identity --mentions 100000`."""

from __future__ import annotations

import argparse
import resource
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests.bench.archive import Archive, simulate
from tests.bench.score import Score, score
from transforms.identity import resolve


def measure(archive: Archive) -> tuple[Score, float, float]:
    """Resolve the archive; the score, and the seconds that it took by the clock and of the processors."""
    none = {name: pa.array([], pa.string()) for name in ("op", "a", "b", "reason", "date")}
    started, used = time.perf_counter(), time.process_time()
    out = resolve(archive.read, pa.table(none | {"row": pa.array([], pa.int64())}), None)
    seconds, worked = time.perf_counter() - started, time.process_time() - used
    return rate(archive, out["driver_results"]), seconds, worked


def rate(archive: Archive, rows: pa.Table) -> Score:
    """The score of identified driver_results against the archive's truth."""
    printed = archive.read["driver_results"]
    at = _keys(printed)
    place = pc.index_in(at, _keys(rows).combine_chunks()).to_numpy()
    found = rows["driver_id"].combine_chunks().dictionary_encode().indices.to_numpy()[place]
    method = np.array(rows["link_method"].to_pylist())[place]
    return score(archive.truth, found, archive.form, np.isin(method, ["linked", "decision"]))


def _keys(rows: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(rows["result_id"], rows["seat"].cast(pa.string()), "/")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with ProcessPoolExecutor(1) as other:  # so that the peak of memory is that of the resolution
        archive = other.submit(simulate, arguments.mentions, arguments.seed).result()
    result, seconds, worked = measure(archive)
    people = len(np.unique(archive.truth))
    print(f"{archive.mentions:,} mentions of {people:,} people in {seconds:.2f} s ({worked:.2f} s of processor time)")
    print(f"pairs        precision {result.pair_precision:.4f}   recall {result.pair_recall:.4f}")
    print(f"B-cubed      precision {result.cubed_precision:.4f}   recall {result.cubed_recall:.4f}")
    print(f"wrong merges {result.wrong_merges}")
    print(
        f"surnames     right {result.surname[0]:.4f}   recall {result.surname[1]:.4f} (of all {result.surname_all:.4f})"
    )
    print(f"initials     right {result.initial[0]:.4f}   recall {result.initial[1]:.4f}")
    print(f"peak memory  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB, the archive included")


if __name__ == "__main__":
    main()
