"""What the last snapshot called each mention, of all of them or of those that are judged again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity.arrays import distinct_of
from transforms.identity.groups import Codes
from transforms.identity.ids import Claims, Ranked
from transforms.identity.people import claimed_keys
from transforms.identity.scope import Scope
from transforms.parts import Parts, Tables
from transforms.schema import TABLES

_ASKED = ("sheet_id", "car_number", "name_text", "driver_id")
_NAMELESS = ("surname", "initial", "placeholder")


def claims_of(previous: Tables | None) -> Claims:
    """What the last snapshot called each mention of a driver."""
    if not previous:
        return Claims()
    mentions = Parts.of(previous["driver_results"]).whole(*_ASKED)
    people = Parts.of(previous["drivers"]).whole("driver_id", "name_form")
    nameless = people.filter(pc.is_in(people["name_form"], pa.array(_NAMELESS)))["driver_id"].to_pylist()
    retired = set(led(previous)["old_id"].to_pylist())
    return Claims(claimed_keys(mentions), mentions["driver_id"].combine_chunks(), [retired], frozenset(nameless))


def claims_again(previous: Tables, known: pa.Array, scope: Scope, printed: Codes) -> Claims:
    """What it called those who are judged again, or gone; all others leave them none of their ids, which are `known`.

    Who stands on a sheet that did is known by his place; those of other sheets are sought by what is printed of them.
    `printed` tells the print of each of the company.
    """
    place, left = scope.kept[scope.company], scope.again.copy()
    place[~scope.of_company] = -1
    stays = np.flatnonzero(place >= 0)
    left[place[stays]] = False
    mentions = Parts.of(previous["driver_results"]).take(np.flatnonzero(left), _ASKED)
    kept, ids = scope.former.ids(place[stays]), mentions["driver_id"].combine_chunks()
    code, own = distinct_of(pa.concat_arrays([kept, ids]))
    form = scope.former.prints.table["form"].combine_chunks()
    named = np.asarray(pc.invert(pc.is_in(form, pa.array(_NAMELESS))))
    full = np.zeros(len(own), dtype=bool)
    full[code[named[np.append(printed[stays], scope.former.printed(np.flatnonzero(left)))]]] = True
    at = np.full(len(place), -1)
    at[stays] = np.arange(len(stays))
    return Claims(
        claimed_keys(mentions),
        ids,
        [set(led(previous)["old_id"].to_pylist()), Ranked(known, frozenset(own.to_pylist()))],
        frozenset(own.filter(pa.array(~full)).to_pylist()),
        (kept.take(pa.array(at, mask=at < 0)), np.flatnonzero(scope.kept[scope.company] < 0)),
    )


def led(previous: Tables | None) -> pa.Table:
    """The last redirects."""
    return Parts.of((previous or {}).get("driver_redirects", TABLES["driver_redirects"].empty())).whole()
