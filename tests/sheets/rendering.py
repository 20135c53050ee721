"""Writing a made-up sheet down: a dialect, with or without a header in one of seven languages, noise around it."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from random import Random

from tests.sheets.families import KINDS, Row, Sheet
from transforms.sources import Source

DIALECTS = {"bars": 6, "pipe": 2, "tab": 3, "semicolon": 2, "comma": 2, "blanks": 2}
# Role -> header, by language.
HEADERS: dict[str, dict[str, str]] = {
    "English": {
        "position": "Pos",
        "car_number": "No.",
        "crew": "Drivers",
        "car": "Car",
        "make": "Make",
        "model": "Model",
        "engine": "Engine",
        "entrant": "Entrant",
        "principal": "Principal",
        "class": "Class",
        "class_position": "Class position",
        "laps": "Laps",
        "race_time": "Time",
        "distance": "Distance",
        "race_speed": "Average speed",
        "lap_time": "Best lap",
        "lap_number": "Lap no.",
        "lap_speed": "Lap speed",
        "session_time": "Session",
    },
    "French": {
        "position": "Clt",
        "car_number": "N°",
        "crew": "Pilotes",
        "car": "Voiture",
        "make": "Marque",
        "model": "Modèle",
        "engine": "Moteur",
        "entrant": "Concurrent",
        "class": "Catégorie",
        "laps": "Tours",
        "race_time": "Temps",
        "distance": "Distance",
        "race_speed": "Moyenne",
        "lap_time": "Meilleur tour",
    },
    "German": {
        "position": "Platz",
        "car_number": "Startnummer",
        "crew": "Fahrer",
        "car": "Fahrzeug",
        "make": "Marke",
        "model": "Modell",
        "engine": "Motor",
        "entrant": "Bewerber",
        "class": "Klasse",
        "laps": "Runden",
        "race_time": "Zeit",
        "distance": "Distanz",
        "race_speed": "Schnitt",
        "lap_time": "Schnellste Runde",
    },
    "Italian": {
        "position": "Pos.",
        "car_number": "Numero",
        "crew": "Piloti",
        "car": "Vettura",
        "make": "Marca",
        "model": "Modello",
        "engine": "Motore",
        "entrant": "Concorrente",
        "class": "Classe",
        "laps": "Giri",
        "race_time": "Tempo",
        "distance": "Distanza",
        "race_speed": "Media",
        "lap_time": "Giro veloce",
    },
    "Spanish": {
        "position": "Pos.",
        "car_number": "Dorsal",
        "crew": "Pilotos",
        "car": "Coche",
        "make": "Marca",
        "model": "Modelo",
        "engine": "Motor",
        "entrant": "Equipo",
        "class": "Clase",
        "laps": "Vueltas",
        "race_time": "Tiempo",
        "distance": "Distancia",
        "lap_time": "Mejor vuelta",
    },
    "Portuguese": {
        "position": "Pos",
        "car_number": "Nº",
        "crew": "Pilotos",
        "car": "Carro",
        "make": "Marca",
        "model": "Modelo",
        "engine": "Motor",
        "entrant": "Equipe",
        "class": "Categoria",
        "laps": "Voltas",
        "race_time": "Tempo",
        "distance": "Distância",
        "lap_time": "Melhor volta",
    },
    "Dutch": {
        "position": "Plaats",
        "car_number": "Startnummer",
        "crew": "Rijders",
        "car": "Auto",
        "make": "Merk",
        "model": "Model",
        "engine": "Motor",
        "entrant": "Inschrijver",
        "class": "Klasse",
        "laps": "Ronden",
        "race_time": "Tijd",
        "distance": "Afstand",
        "lap_time": "Snelste ronde",
    },
}


@dataclass(frozen=True)
class Page:
    """A sheet as a file: what the reader gets, the roles that it must find, the line of each car."""

    sheet: Sheet
    dialect: str
    roles: list[str]
    source: Source
    lines: list[int]


def page(random: Random, sheet: Sheet, name: str, *, language: str | None = None) -> Page:
    """The sheet as a file, in a dialect of chance, below a row of headers where a language is told."""
    dialect = random.choices(list(DIALECTS), list(DIALECTS.values()))[0]
    if dialect == "blanks" and "empty" in sheet.visible_roles:
        dialect = "bars"
    written = headed(random, sheet, language) if language else sheet
    lines, first = _noise(random, WRITERS[dialect]([row.cells for row in written.rows]), dialect, header=bool(language))
    newline = random.choice(("\n", "\n", "\n", "\r\n"))
    data = (newline.join(lines) + random.choice((newline, ""))).encode(
        random.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16"))
    )
    kind = random.choice((KINDS[sheet.family], "unknown"))
    source = Source(name, None, f"{name}.txt", hashlib.sha256(data).hexdigest(), data, kind=kind)
    roles = written.roles if language else sheet.visible_roles
    return Page(sheet, dialect, roles, source, list(range(first, first + len(sheet.rows))))


def headed(random: Random, sheet: Sheet, language: str) -> Sheet:
    """The sheet below a row of headers, which decide whatever the order of the columns.

    A language that lacks one of the words yields to English.
    """
    places = list(range(len(sheet.roles)))
    if random.random() < 0.3:
        random.shuffle(places)
    roles = [sheet.roles[place] for place in places]
    words = HEADERS[language if set(roles) <= set(HEADERS[language]) else "English"]
    cars = (Row([row.cells[place] for place in places], row.truth) for row in sheet.rows)
    return Sheet(sheet.family, roles, [Row(_header(words, roles), {}), *cars], sheet.separator)


def _noise(random: Random, written: list[str], dialect: str, *, header: bool) -> tuple[list[str], int]:
    """The lines with what copying leaves around them, and the number of the first car's line."""
    above, below = [], []
    if random.random() < 0.05:
        above = ["Race weekend of the year", ""] if header else [""]
    if random.random() < 0.05:
        below = ["", ""]
    if header and dialect == "bars" and random.random() < 0.3:
        written = [written[0], "|" + "---|" * (written[0].count("|") - 1), *written[1:]]
    if dialect != "blanks" and random.random() < 0.05:
        written = [f"{line} " for line in written]
    cars = [i for i, line in enumerate(written) if set(line) - set("|- ")]
    return above + written + below, len(above) + cars[1 if header else 0] + 1


def pages(seed: int, sheets: list[Sheet], *, headers: bool) -> list[Page]:
    """Each sheet written down once, the same for the same seed."""
    random = Random(seed)
    return [
        page(random, sheet, f"sheet-{i:05}", language=random.choice(list(HEADERS)) if headers else None)
        for i, sheet in enumerate(sheets)
    ]


def _header(words_of: dict[str, str], roles: list[str]) -> list[str]:
    """The words for the roles; sessions are numbered."""
    words = [words_of[role] for role in roles]
    return [f"{word} {words[:i].count(word) + 1}" if word == "Session" else word for i, word in enumerate(words)]


def bars(table: list[list[str]]) -> list[str]:
    """One line a row, as the archive pages are copied."""
    return ["| " + " | ".join(row) + " |" for row in table]


def _separated(separator: str, table: list[list[str]]) -> list[str]:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(table)
    return out.getvalue().splitlines()


def _aligned(table: list[list[str]]) -> list[str]:
    """Columns of equal width, numbers at the right, at least two blanks between."""
    columns = list(zip(*table, strict=True))
    widths = [max(map(len, column)) for column in columns]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


WRITERS = {
    "bars": bars,
    "pipe": lambda table: [" | ".join(row).rstrip() for row in table],
    "tab": lambda table: ["\t".join(row) for row in table],
    "semicolon": lambda table: _separated(";", table),
    "comma": lambda table: _separated(",", table),
    "blanks": _aligned,
}
