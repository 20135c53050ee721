import csv
from importlib.resources import files

import pytest

from transforms import lexicon
from transforms.fold import fold
from transforms.lexicon import find_country, header_roles, parts, read_list, read_section, statuses
from transforms.schema import KINDS, STATUSES

_LISTS = {
    "makes": "make",
    "cars_apart": "no_variant",
    "engine_makers": "engine_make",
    "headers": "role",
    "headers_by_language": "role",
    "statuses": "status",
    "sections": "text",
    "countries": "country",
    "classes": "class",
    "tyre_makers": "tyre_make",
    "team_words": "word",
    "reasons": "word",
    "ordinals": "place",
}
_ROLES = set(
    """position car_number crew car make type model engine chassis entrant principal country crew_countries class
    class_position laps race_time distance race_speed gap gap_laps interval lap_time lap_number lap_speed status reason
    tyre session_time group hometown points grid date pit_stops
    laps_led grade prize displacement year remarks penalty""".split()  # noqa: SIM905
)


def _rows(name):
    text = files("transforms.lexicon").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines(), strict=True))


@pytest.mark.parametrize("name", _LISTS)
def test_a_list_is_sorted_unique_and_regular(name):
    """Each list is sorted as a reader would look a word up, without repeats, stray blanks or ragged rows."""
    header, *rows = _rows(name)
    assert rows == sorted(rows, key=lambda row: [(fold(cell), cell) for cell in row])
    assert len({tuple(row) for row in rows}) == len(rows)
    assert {len(row) for row in rows} == {len(header)}
    assert all(cell == " ".join(cell.split()) for row in rows for cell in row)
    assert all(row[_LISTS[name]] for row in read_list(name))
    assert all(all(parts(cell)) for row in rows for cell in row)


@pytest.mark.parametrize(
    ("name", "column", "others"),
    [
        ("makes", "make", "aliases"),
        ("engine_makers", "engine_make", "aliases"),
        ("countries", "country", "names"),
        ("tyre_makers", "tyre_make", ""),
        ("classes", "class", ""),
    ],
)
def test_a_name_stands_for_one_thing(name, column, others):
    """No name and no alias stands for two, or twice for one."""
    names = [fold(text) for row in read_list(name) for text in [row[column], *parts(row.get(others, ""))]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["countries", "tyre_makers"])
def test_a_code_stands_for_one_thing(name):
    """No code stands for two countries or two tyre makers, and each is in capitals."""
    codes = [code for row in read_list(name) for code in parts(row["codes"]) if code.isupper()]
    assert len(codes) == len(set(codes))
    assert name == "tyre_makers" or len(codes) == sum(len(parts(row["codes"])) for row in read_list(name))


@pytest.mark.parametrize(
    ("name", "values"), [("headers", ("role",)), ("statuses", ("status",)), ("sections", ("status", "kind"))]
)
def test_a_folded_text_means_one_thing(name, values):
    """However it is printed and in whatever language, no header, status or heading means two things."""
    meanings = {}
    for row in read_list(name):
        meaning = tuple(row[value] for value in values)
        assert fold(row["text"])
        assert meanings.setdefault(fold(row["text"]), meaning) == meaning, row


def test_headers_name_the_known_roles_and_no_other():
    """Every role of a header row has synonyms, and no synonym names a role that the reader does not know."""
    assert set(header_roles().values()) == _ROLES


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("Pos.", "position"),
        ("Start-Nr.", "car_number"),
        ("N°", "car_number"),
        ("#", "car_number"),
        ("Équipage", "crew"),
        ("Driver(s)", "crew"),
        ("Écurie", "entrant"),
        ("Vettura", "car"),
        ("Giri", "laps"),
        ("Tijd", "race_time"),
        ("Rückstand", "gap"),
        ("GAP_PREVIOUS", "interval"),
        ("FL_LAPNUM", "lap_number"),
        ("FL_KPH", "lap_speed"),
        ("TYRES", "tyre"),
        ("1ère séance", "session_time"),
        ("PIC", "class_position"),
    ],
)
def test_a_header_is_known_however_it_is_printed(header, role):
    """Case, accents, dots and underscores of a header do not matter."""
    assert header_roles()[fold(header)] == role


def test_statuses_and_kinds_are_those_of_the_schema():
    """No list names a status or a kind that the tables do not have."""
    assert set(statuses().values()) <= set(STATUSES) - {"unknown"}
    assert {row["status"] for row in read_list("sections")} <= {*STATUSES, ""}
    assert {row["kind"] for row in read_list("sections")} <= {*KINDS, ""}


@pytest.mark.parametrize(
    ("printed", "status"),
    [("DNF", "did_not_finish"), ("N/C", "not_classified"), ("Ausfall", "did_not_finish"), ("no time", "no_time"),
     ("Non classé", "not_classified"), ("DNA", "did_not_arrive"), ("WD", "withdrew"), ("DNP", "did_not_start"),
     ("EXC", "disqualified"), ("RES", "reserve")],
)  # fmt: skip
def test_a_status_is_known_however_it_is_printed(printed, status):
    """Abbreviations and words of several languages come to one status."""
    assert statuses()[fold(printed)] == status


@pytest.mark.parametrize(
    ("heading", "status", "kind"),
    [
        ("Did not finish:", "did_not_finish", None),
        ("Not running at finish", "not_classified", None),
        ("Not classified (less than 70 % of the distance):", "not_classified", None),
        ("Entered cars that did not arrive:", "did_not_arrive", None),
        ("Other present cars:", "listed", "appearances"),
        ("Non partants", "did_not_start", None),
        ("(Grid Positions)", None, "grid"),
        ("1000 km of Le Mans - Qualifying results", None, "qualifying"),
        ("Race 2 results", None, "race"),
        ("Entry list", None, "entry-list"),
    ],
)
def test_a_heading_says_what_its_rows_are(heading, status, kind):
    """A heading names a status, a kind of sheet, or both, whatever stands before or after its words."""
    assert read_section(heading) == (status, kind)


@pytest.mark.parametrize("text", ["", "...", "The weather was fine all day long", "Porsche 962C", "x " * 5000])
def test_other_text_is_no_heading(text):
    """Prose and cars say nothing of the rows below."""
    assert read_section(text) is None


@pytest.mark.parametrize(
    ("printed", "country"),
    [("D", "Germany"), ("d", None), ("GER", "Germany"), ("Allemagne", "Germany"), ("U.S.A.", "United States"),
     ("GDR", "East Germany"), ("URS", "Soviet Union"), ("Great Britain", "United Kingdom"), ("Team", None), ("", None)],
)  # fmt: skip
def test_a_country_is_known_by_name_or_code(printed, country):
    """Names fold, codes are in capitals."""
    assert find_country(printed) == country


def test_a_model_word_names_a_known_make():
    """A make that claims an engine maker's word for its models is itself in the list of makes."""
    makes = {row["make"] for row in read_list("makes")}
    claimed = {make for row in read_list("engine_makers") for make in parts(row["model_word_of"])}
    assert claimed <= makes


def test_tyre_makers_are_known_by_name_and_code():
    """`MICHELIN` by its fold, `M` as it stands."""
    assert lexicon.tyre_makers()[fold("MICHELIN")] == lexicon.tyre_makers()["M"] == "Michelin"


def test_an_absent_list_is_an_error():
    """A list that does not exist is never an empty one."""
    with pytest.raises(FileNotFoundError):
        read_list("no-such-list")
