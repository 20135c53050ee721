"""Human decisions on who is who (identity.csv): each line must stand, name somebody, and change something."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

OPS = ("same", "not-same", "is", "split", "label")
MENTION = re.compile(r"(?P<result>.+:\d+)/(?P<seat>\d+)")
_ONE_NAME = "To part it from a season on, use `split`; else give one of the two another name in corrections.csv."


class DecisionError(ValueError):
    """A line of identity.csv contradicts another, names nobody or changes nothing; the text says how to mend it."""

    def __init__(self, row: int, wrong: str, remedy: str) -> None:
        super().__init__(f"identity.csv line {row}: {wrong}. {remedy}")


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of identity.csv: the operation on `a` and `b`, and the line's number."""

    op: str
    a: str
    b: str
    row: int


def read_decisions(table: pa.Table) -> list[Decision]:
    """The decisions of the table in order of their lines; raises DecisionError for a line that is not complete."""
    decisions = []
    for line in sorted(table.to_pylist(), key=lambda line: int(line["row"])):
        text = {name: (line[name] or "").strip() for name in ("op", "a", "b", "reason", "date")}
        if text["op"] not in OPS:
            near = difflib.get_close_matches(text["op"], OPS, n=1, cutoff=0.3) or OPS
            raise DecisionError(line["row"], f"there is no operation `{text['op']}`", f"Write {' or '.join(near)}.")
        for name, value in text.items():
            if not value:
                raise DecisionError(line["row"], f"{name} is empty", "Fill op, a, b, reason and date.")
        decisions.append(Decision(text["op"], text["a"], text["b"], int(line["row"])))
    return decisions


@dataclass
class Verdicts:
    """Decisions as facts about nodes (people by name, then tracks): who is joined, kept apart and called what.

    `joined` and `parted` hold pairs of nodes with the line that says so.
    """

    joined: list[tuple[int, int, int]] = field(default_factory=list)
    parted: dict[tuple[int, int], int] = field(default_factory=dict)
    labels: dict[int, tuple[str, int]] = field(default_factory=dict)

    def parted_nodes(self) -> set[tuple[int, int]]:
        """The pairs that must stay apart, in both orders."""
        return {pair for a, b in self.parted for pair in ((a, b), (b, a))}


def judge(decisions: Iterable[Decision], find: Callable[[str, int], int], crews: set[tuple[int, int]]) -> Verdicts:
    """Turn decisions into verdicts about the nodes that `find` (reference, line) names.

    `crews` holds the pairs of nodes that share a car, in both orders. Raises DecisionError where lines contradict
    each other or say what is so already.
    """
    verdicts = Verdicts()
    head: dict[int, int] = {}
    for one in decisions:
        if one.op == "label":
            _label(verdicts, one, find(one.a, one.row))
        elif one.op in ("same", "is"):
            a, b = find(one.a, one.row), find(one.b, one.row)
            if one.op == "is" and not MENTION.fullmatch(one.a):
                raise DecisionError(
                    one.row, f"`{one.a}` is no mention", "Write it as sheet_id:line/seat, or use `same`."
                )
            if _head(head, a) == _head(head, b):
                raise DecisionError(one.row, f"`{one.a}` and `{one.b}` are the same person anyway", "Delete the line.")
            if (a, b) in crews:
                raise DecisionError(one.row, f"`{one.a}` and `{one.b}` stand in one car", "Two seats are two people.")
            head[_head(head, a)] = _head(head, b)
            verdicts.joined.append((a, b, one.row))
        elif one.op == "not-same":
            a, b = find(one.a, one.row), find(one.b, one.row)
            if a == b:
                raise DecisionError(one.row, f"`{one.a}` and `{one.b}` are one name", _ONE_NAME)
            verdicts.parted[(a, b)] = one.row
    for (a, b), row in verdicts.parted.items():
        if _head(head, a) == _head(head, b):
            others = ", ".join(str(r) for x, _, r in verdicts.joined if _head(head, x) == _head(head, a))
            raise DecisionError(row, f"not-same contradicts line {others}", "Delete the one that is wrong.")
    return verdicts


def _label(verdicts: Verdicts, one: Decision, node: int) -> None:
    if node in verdicts.labels:
        raise DecisionError(
            one.row, f"`{one.a}` has a label from line {verdicts.labels[node][1]}", "Keep one of the two."
        )
    verdicts.labels[node] = (one.b, one.row)


def _head(head: Mapping[int, int], node: int) -> int:
    while node in head:
        node = head[node]
    return node


def unknown(reference: str, row: int, known: Iterable[str]) -> DecisionError:
    """The error for a reference that names nobody, with the nearest known ones, or that its sheet is missing."""
    known, mention = sorted(set(known)), MENTION.fullmatch(reference)
    near = difflib.get_close_matches(reference, known, n=2, cutoff=0.6) if mention or ":" not in reference else []
    hint = (
        f"Did you mean `{'` or `'.join(near)}`?" if near else "Write a driver_id, a full name, or sheet_id:line/seat."
    )
    sheet = mention["result"].rpartition(":")[0] if mention else None
    lost = mention and not any(name.startswith(f"{sheet}:") for name in known)
    missing = f", as no driver was read from a sheet `{sheet}`" if lost else ""
    return DecisionError(row, f"nobody is called `{reference}`{missing}", hint)
