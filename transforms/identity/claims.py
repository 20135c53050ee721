"""What the last snapshot called each mention, of all of them or of those that are judged again."""

from __future__ import annotations

from collections.abc import Container

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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


def claims_again(previous: Tables, known: pa.Array, scope: Scope) -> Claims:
    """What it called those who are judged again, or gone; all others leave them none of their ids, which are `known`.

    Who stands on a sheet that did is known by his place; those of other sheets are sought by what is printed of them.
    """
    rows, people = Parts.of(previous["driver_results"]), Parts.of(previous["drivers"])
    place, left = scope.kept[scope.company], scope.again.copy()
    place[~scope.of_company] = -1
    stays = np.flatnonzero(place >= 0)
    left[place[stays]] = False
    mentions = rows.take(np.flatnonzero(left), _ASKED)
    ids = mentions["driver_id"].combine_chunks()
    kept = scope.former.ids(place[stays])
    at = np.full(len(place), -1)
    at[stays] = np.arange(len(stays))
    mine = np.asarray(pc.is_in(known, pc.unique(pa.concat_arrays([kept, ids]))))
    form = people.take(np.flatnonzero(mine), ["name_form"])["name_form"].combine_chunks()
    nameless = known.filter(pa.array(mine)).filter(pc.is_in(form, pa.array(_NAMELESS)))
    others = Ranked(pa.chunked_array([known.filter(pa.array(~mine))]))
    taken: list[Container[str]] = [set(led(previous)["old_id"].to_pylist()), others]
    return Claims(
        claimed_keys(mentions),
        ids,
        taken,
        frozenset(nameless.to_pylist()),
        (kept.take(pa.array(at, mask=at < 0)), np.flatnonzero(scope.kept[scope.company] < 0)),
    )


def led(previous: Tables | None) -> pa.Table:
    """The last redirects."""
    return Parts.of((previous or {}).get("driver_redirects", TABLES["driver_redirects"].empty())).whole()
