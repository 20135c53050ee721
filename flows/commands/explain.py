"""`parcferme explain`: who a printed name is, and why, as a person would say it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from flows.answers import json_text
from flows.errors import UserError, unknown
from flows.options import json_option, pasteable, warehouse_option
from flows.terminal import console, plain

if TYPE_CHECKING:
    from flows.who import Row, Side

_METHODS = {
    "name": "printed with the full name, or with all that is known of it",
    "variant": "printed with a variant of the name",
    "linked": "linked by evidence",
    "decision": "settled by seeds/identity.csv",
    "ambiguous": "open: several people fit",
    "unresolved": "open: nobody fits well enough",
}


@click.command(
    epilog="""\b
Examples:
  parcferme explain "Eric van de Poele"
  parcferme explain Henderson --event 1997-spa-24-hours
  parcferme explain wauters-1997-spa-24-hours-26 --json
"""
)
@click.argument("name")
@click.option("--event", metavar="EVENT", help="Only the mentions at this event.")
@json_option
@warehouse_option
def command(name: str, event: str | None, as_json: bool, warehouse: str) -> None:
    """Say who NAME is - a full name, a surname or a driver_id - and what each link rests on, term by term."""
    from flows.database import answering, open_warehouse
    from flows.who import names, people, same_but_for_suffix, sides

    if not name.strip():
        raise UserError("The name is empty.", 'parcferme explain "Henderson"')
    with closing(open_warehouse(warehouse)) as connection, answering():
        found = sides(connection, name, event)
        if not found:
            if event is not None and (everywhere := sides(connection, name, None)):
                theirs = {str(row["event_id"]) for one in everywhere for row in one.rows}
                remedy = f"It is printed at {_listed(sorted(theirs))}."
                raise unknown("mention of that name at the event", event, theirs, remedy)
            raise unknown("driver", name, names(connection), "`parcferme sql 'FROM drivers'` lists them.")
        wanted = {who for one in found for row in one.rows for who in [*row["candidates"], row["driver_id"]]}
        known = people(connection, sorted(wanted))
        alike = {one.driver_id: same_but_for_suffix(connection, one.driver_id) for one in found}
    if as_json:
        click.echo("[\n" + ",\n".join(json_text(_record(one, known)) for one in found) + "\n]")
        return
    out = console()
    for line in (line for one in found for line in [*_told(one, known, alike[one.driver_id]), ""]):
        out.print(line, soft_wrap=True)


def _record(one: Side, people: dict[str, Side]) -> dict[str, object]:
    """Everything known about one person, as JSON values."""
    mentions = []
    for row in one.rows:
        about = {key: value for key, value in row.items() if key not in ("driver", "driver_id", "crew")}
        other = _compared(row, people)
        mentions.append(about | {"shared": _alone(row).shared(other) if other else {}})
    return {"driver_id": one.driver_id, "driver": one.name, "seasons": one.seasons, "mentions": mentions}


def _told(one: Side, people: dict[str, Side], alike: list[tuple[str, str]]) -> Iterator[str]:
    """The lines about one person, and those `alike` but for a suffix."""
    methods = Counter(str(row["method"]) for row in one.rows)
    count = f"{len(one.rows)} mention{'s' * (len(one.rows) != 1)}"
    yield plain(f"{one.name}  [{one.driver_id}]  {one.years}, {count}")
    for method, text in _METHODS.items():
        if method in methods:
            yield f"  {methods[method]:>4}  {text}"
    yield from pauses(one)
    for other, name in alike:
        yield plain(f"    Kept apart from {name} by the suffix alone: if they are one, add to seeds/identity.csv:")
        yield plain(f"    same,{one.driver_id},{other},why,date")
    said: set[tuple[object, ...]] = set()
    for row in one.rows:
        case = (row["event_id"], row["car_number"], row["name_text"], row["method"], row["points"])
        if row["method"] != "name" and case not in said:
            said.add(case)
            yield ""
            yield from _case(row, people)


def pauses(one: Side) -> Iterator[str]:
    """A line for each pause that may part two careers."""
    from transforms.identity.evidence import GAP

    for before, after in pairwise(one.seasons):
        if after - before >= GAP:
            line = f"split,{one.driver_id},{after},why,date"
            yield plain(f"    No result between {before} and {after}: if that is a namesake, part them in")
            yield plain(f"    seeds/identity.csv: {line}")


def _case(row: Row, people: dict[str, Side]) -> Iterator[str]:
    """The lines about one mention that is not printed with the person's own name."""
    from transforms.identity.candidates import WINDOW

    car = f" in car {row['car_number']}" if row["car_number"] else ""
    event = f"{row['event']} {row['season'] or ''}".strip()
    yield plain(f'  "{row["name_text"]}"{car}, {event} ({row["path"]} line {row["line"]})')
    other = _compared(row, people)
    if row["method"] in ("variant", "decision"):
        basis = "; ".join(term["term"] for term in row["evidence"]) or "a shared car, co-driver or entrant"
        yield plain(f"    is {people[row['driver_id']].name}: {basis}")
    elif other is None:
        yield f"    stays open: nobody of that name who it may be is known within {WINDOW} years."
    else:
        yield from _sum(row, other, people)


def _sum(row: Row, other: Side, people: dict[str, Side]) -> Iterator[str]:
    """The sum of the evidence for the best candidate, term by term, and what the outcome is."""
    from flows.who import hindrance_to
    from transforms.identity.linking import BAR, LEAD

    mention = _alone(row)
    yield plain(f"    {'is' if row['method'] == 'linked' else 'may be'} {other.name} ({other.driver_id}):")
    for term in row["evidence"]:
        yield plain(f"      {term['points']:+3d}  {_worded(term['term'], mention, other)}")
    ahead = "" if row["runner_up"] is None else f"; the next has {row['runner_up']}"
    yield f"      {row['points']:3d}  points, where {BAR} link and the next must be {LEAD} behind{ahead}"
    if hindrance := hindrance_to(row, other):
        yield f"      but {hindrance}"
    others = [people[who].name for who in row["candidates"] if who != other.driver_id]
    if others:
        yield plain(f"    Also thought of: {', '.join(others)}")
    if row["method"] != "linked":
        line = f"is,{row['result_id']}/{row['seat']},{other.driver_id},why,date"
        yield plain(f"    {pasteable('`parcferme review`')} settles it, or a line in seeds/identity.csv: {line}")


def _compared(row: Row, people: dict[str, Side]) -> Side | None:
    """The person with whom a mention was compared, without the mentions of the same sheet; None if there is none."""
    who = row["driver_id"] if row["method"] == "linked" else next(iter(row["candidates"]), None)
    if who is None or row["method"] not in ("linked", "ambiguous", "unresolved"):
        return None
    rest = [r for r in people[who].rows if r["sheet_id"] != row["sheet_id"]]
    return type(people[who])(rest) if rest else None


def _alone(row: Row) -> Side:
    from flows.who import Side

    return Side([row])


def _worded(term: str, mention: Side, other: Side) -> str:
    """What a term of the sum says about these two."""
    shared = mention.shared(other)
    gap = mention.gap(other)
    row = mention.rows[0]
    called = "that name" if other.is_open else "the full name"
    borne = "surname and initial" if any(told["term"] == "initial" for told in row["evidence"] or ()) else "surname"
    years = "the same season" if gap == 0 else f"{gap} year{'s' * (gap != 1)} from the nearest season"
    years = "as in the same season: that of one of them is unknown" if gap is None else years
    texts = {
        "prior": "two mentions are hardly ever one person's",
        "surname": "but the surname is the same",
        "initial": "the initial fits",
        "years": years,
        "same car at the event": f"another sheet of the event has {called} in car {row['car_number']}",
        "elsewhere at the event": "but another sheet of the event has him in another car",
        "co-driver": f"with {_listed(shared['co-drivers'])} on both sides",
        "entrant": f"for {_listed(shared['entrants'] or mention.values('entrant'))} on both sides",
        "number kept": f"and there under the same number, {row['car_number']}",
        "number of the season": f"and that in {row['season']}, too",
        "series": f"both in {_listed(shared['series'])}",
        "yearly race": f"the same race in another year: {row['event']}",
        "car": f"in the same model, {row['car']}",
        "namesakes": f"others bear the {borne}",
        "rival": "another of that name fits as well",
        "only candidate": f"nobody else of that {borne} is known at the time",
    }
    return texts.get(term, term)


def _listed(texts: list[str]) -> str:
    return " and ".join(texts[:3]) if texts else "the same"
