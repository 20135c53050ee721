"""The part of this pipeline that its peers do too, without people, checks and views: `... reading PLACES OUT [many]`.

That there is much to read is told beforehand: workers of a build get ready while it still looks at the files.
"""

import sys
from pathlib import Path

import flows.lean  # noqa: F401  as for every build


def main(places: str, out: str, many: str = "") -> None:
    """Read the sheets and write their tables by the steps of a build, from where it has seen what is to be read."""
    # Imported here, since every worker loads this module, and has no use for them.
    from flows.workers import cores, get_ready

    if many:
        get_ready()

    import pyarrow.parquet as pq

    from flows.beside import Beside, done
    from flows.load import LARGEST
    from flows.parquet import write_parquet
    from flows.sheet_files import Sheet
    from flows.staging import emptied, staged
    from flows.steps import Direct, read
    from transforms.schema import TABLES
    from transforms.sources import Source

    told = pq.ParquetFile(places).read(["path", "sheet_id", "sha256", "bytes"])
    paths, ids, hashes, sizes = (column.to_pylist() for column in told.columns)
    files = [f"{name}.txt" for name in ids]
    sources = (Source(name, None, file, sha256, b"") for name, file, sha256 in zip(ids, files, hashes, strict=True))
    sheets = [Sheet(source, size) for source, size in zip(sources, sizes, strict=True)]

    def write(name: str) -> None:
        path = Path(out, f"{name}.parquet")
        path.unlink(missing_ok=True)
        write_parquet(path, TABLES[name], tables[name])

    with emptied(f"{out}/staging") as staging:
        tables = staged(staging, read(Direct(cores()), paths[0].removesuffix(files[0]), sheets, staging))
        with Beside() as beside:
            done([beside.submit(write, name) for name in sorted(tables, key=[*LARGEST, *TABLES].index)])


if __name__ == "__main__":
    main(*sys.argv[1:])
