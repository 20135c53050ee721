"""How long builds take: in full, with ten sheets changed, and with nothing new.

`python -m tests.bench.build` makes up 2,000 sheets in 500 events, builds them each way in a process of its own,
without Prefect, and prints CPU, wall time and memory by step, and the ratios to the full build. `--kind` says what
they are like (KINDS): of people with careers, as in archives; of strangers, hardly any of whom is met twice; or those
below headers.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

from flows import steps
from flows.snapshots import Warehouse
from flows.terminal import grid
from tests.bench import compile_modules, wide
from tests.bench.meter import Meter
from tests.sheets.families import Sheet, sheets
from tests.sheets.rendering import HEADERS, bars, headed

if TYPE_CHECKING:
    from tests.bench.careers import Occasion

SHEETS_OF_AN_EVENT = ("race", "grid", "qualifying", "practice")
Kind: TypeAlias = "Callable[[Random, int, Iterable[tuple[Occasion, Sheet]]], Iterator[Sheet]]"


def write_archive(root: Path, count: int, seed: int = 7, kind: str = "strangers") -> Iterator[tuple[Path, Sheet]]:
    """Make up `count` sheets of some 35 rows each in events with facts, four to an event; each file once written."""
    occasions = [(i // 4, 1960 + i * 60 // count, i % 40 // 4) for i in range(count)]
    made = KINDS[kind](Random(seed), count, zip(occasions, sheets(seed, count, size=(10, 60)), strict=True))
    for i, ((number, season, series), sheet) in enumerate(zip(occasions, made, strict=True)):
        event = root / f"event-{number:05}"
        if i % 4 == 0:
            event.mkdir(parents=True)
            (event / "event.toml").write_text(f'name = "Event {number}"\nseries = "S{series}"\nseason = {season}\n')
        file = event / f"{SHEETS_OF_AN_EVENT[i % 4]}.txt"
        file.write_text("".join(f"{line}\n" for line in bars([row.cells for row in sheet.rows])))
        yield file, sheet


def _with_careers(*made: Any) -> Iterator[Sheet]:
    """The sheets with people who come again; what makes these up is not loaded where builds are measured."""
    from tests.bench.careers import manned

    return manned(*made)


def _below_headers(random: Random, _: int, made: Iterable[tuple[Occasion, Sheet]]) -> Iterator[Sheet]:
    """The sheets below headers in one of seven languages."""
    return (headed(random, sheet, random.choice(list(HEADERS))) for _, sheet in made)


KINDS: Mapping[str, Kind] = {
    "strangers": lambda *made: (sheet for _, sheet in made[-1]),
    "headers": _below_headers,
    "careers": _with_careers,
}


def far_apart(written: Iterable[tuple[Path, Sheet]], of: int, count: int = 10) -> list[tuple[Path, Sheet]]:
    """So many of the `of` sheets written, far apart, on which the changes can be made in turn."""
    chosen: list[tuple[Path, Sheet]] = []
    for i, (file, sheet) in enumerate(written):
        role, _ = CHANGES[len(chosen) % len(CHANGES)]
        if len(chosen) < count and i >= len(chosen) * of // count and (role is None or role in sheet.roles):
            chosen.append((file, sheet))
    return chosen


def change(chosen: Iterable[tuple[Path, Sheet]]) -> None:
    """Change each of these sheets by one row: in turn a time, a name, a row more, a row less."""
    for (file, sheet), (role, edit) in zip(chosen, cycle(CHANGES), strict=False):
        rows = [list(row.cells) for row in sheet.rows]
        edit(rows, sheet.roles.index(role) if role else 0)
        file.write_text("".join(f"{line}\n" for line in bars(rows)))


def _retime(rows: list[list[str]], column: int) -> None:
    """Print another last digit in the first time."""
    row = next(row for row in rows if row[column][-1:].isdigit())
    row[column] = row[column][:-1] + str((int(row[column][-1]) + 1) % 10)


def _rename(rows: list[list[str]], column: int) -> None:
    """Replace the first driver of the middle row."""
    row = rows[len(rows) // 2]
    row[column] = " / ".join(["Newcomer Unheard-of", *row[column].split(" / ")[1:]])


def _lengthen(rows: list[list[str]], _: int) -> None:
    """Print the last row a second time."""
    rows.append(list(rows[-1]))


def _shorten(rows: list[list[str]], _: int) -> None:
    """Leave out the last row."""
    rows.pop()


# Each with the column that a sheet must have for it.
CHANGES: tuple[tuple[str | None, Callable[[list[list[str]], int], None]], ...] = (
    ("lap_time", _retime),
    ("crew", _rename),
    (None, _lengthen),
    (None, _shorten),
)


def measure(root: str, warehouse: str) -> dict[str, float]:
    """Build once, and give CPU seconds in all and by step, wall seconds, and peak memory in MiB."""
    meter, wall = Meter(), time.perf_counter()
    steps.build(root, Warehouse(warehouse), meter)
    cpu = {step: spent[1] for step, spent in meter.spent.items()}
    return {"cpu": sum(cpu.values()), "wall": time.perf_counter() - wall, "MiB": meter.peak} | cpu


def main() -> None:
    """Build in full, after ten changes, and after none; print each, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=2_000)
    parser.add_argument("--kind", choices=KINDS, default="careers", help="what the sheets are like")
    parser.add_argument("--run", nargs=2, metavar=("ROOT", "WAREHOUSE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        import flows.lean  # noqa: F401  as the command does

        print(json.dumps(measure(*options.run)))
        return
    compile_modules()
    with TemporaryDirectory() as folder:
        root, warehouse = Path(folder, "seeds"), Path(folder, "warehouse")
        chosen = far_apart(write_archive(root, options.sheets, kind=options.kind), options.sheets)
        full = _measured(root, warehouse)
        change(chosen)
        changed = _measured(root, warehouse)
        report({"in full": full, "ten sheets changed": changed, "nothing changed": _measured(root, warehouse)})
    ratios = [f"{changed[what] / full[what]:.2f} of the {name}" for what, name in (("cpu", "CPU"), ("wall", "time"))]
    print(f"\nAfter ten changes a build takes {' and '.join(ratios)} of one in full.")


def report(builds: Mapping[str, Mapping[str, float]]) -> None:
    """Print the builds side by side, in all and by step."""
    names = {"wall": "time, s", "MiB": "peak memory, MiB", "cpu": "CPU, s, in all"}
    names |= {step.__name__: f"  {name}" for step, name in steps.NAMES.items()}
    table = grid("", *builds, right=range(1, len(builds) + 1))
    for key, name in names.items():
        digits = 0 if key == "MiB" else 2
        table.add_row(name, *(f"{spent[key]:,.{digits}f}" if key in spent else "" for spent in builds.values()))
    wide().print(table)


def _measured(root: Path, warehouse: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.build", "--run", str(root), str(warehouse)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
