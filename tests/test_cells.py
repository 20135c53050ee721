import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import cells


def _one(read, text):
    return read(cells.filled(pa.array([text], pa.string())))[0].as_py()


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1:27.898", 87_898),
        ("1:27.8980", 87_898),
        ("1:27.8985", 87_899),
        ("12:34.5", 754_500),
        ("2:17,719", 137_719),
        ("1'34.567", 94_567),
        ("1′34″567", 94_567),
        ("1'34''567", 94_567),
        ("1:27:898", 87_898),
        ("1min53s062", 113_062),
        ("5m02.856", 302_856),
        ("24:00:18.168", 86_418_168),
        ("7h 39m 36s", 27_576_000),
        ("6h", 21_600_000),
        ("1:26,04 min", 86_040),
        ("58.123", 58_123),
        ("6h34:06.300", 23_646_300),
        ("7:56'46.300", 28_606_300),
        ("3'06\" 2/5", 186_400),
        ("7h 18m 22 2/5s", 26_302_400),
        ("1 11/5", None),
        ("00:00:00", None),
        ("--:--", None),
        ("-", None),
        ("no time", None),
        ("1:61.000", None),
        ("1:75:00", None),
        ("12", None),
        ("", None),
    ],
)
def test_printed_times_become_milliseconds(text, milliseconds):
    """Every printed form of a time is read to the millisecond; what is no time is null and never zero."""
    assert _one(cells.read_lap_times, text) == milliseconds


@given(st.integers(1, 359_999_999))
def test_times_come_back(milliseconds):
    """A time printed as hours, minutes, seconds and milliseconds is read back exactly."""
    seconds, thousandths = divmod(milliseconds, 1000)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    assert _one(cells.read_times, f"{hours}:{minutes:02}:{rest:02}.{thousandths:03}") == milliseconds


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("1st", 1),
        ("22nd", 22),
        ("1.", 1),
        ("1er", 1),
        ("3e", 3),
        ("10º", 10),
        ("=9th", 9),
        ("T5", 5),
        ("4)", 4),
        ("NC", None),
    ],
)
def test_ordinals_of_every_language_become_integers(text, position):
    """Ordinals are read in the forms that archives of several languages print."""
    assert _one(cells.read_ordinals, text) == position


@pytest.mark.parametrize(
    ("text", "gap"),
    [("+1:05.400", (65_400, None)), ("35.2", (35_200, None)), ("9 Laps", (None, 9)), ("+1 tour", (None, 1))],
)
def test_gaps_are_times_or_laps(text, gap):
    """A gap is either a time or a number of laps."""
    times, laps = cells.read_gaps(pa.array([text]))
    assert (times[0].as_py(), laps[0].as_py()) == gap


@pytest.mark.parametrize(
    ("text", "mph", "speed"),
    [("171.0470", False, 171.047), ("178,450", False, 178.45), ("105.2 mph", False, 169.303), ("100", True, 160.9344)],
)
def test_speeds_become_kilometres_per_hour(text, mph, speed):
    """Speeds are km/h; those in miles, by their unit or by their header, are converted."""
    assert cells.read_speeds(pa.array([text]), pa.array([mph]))[0][0].as_py() == speed


@pytest.mark.parametrize(
    ("text", "number"), [("007", "007"), ("#12", "12"), ("0", "0"), ("66A", "66A"), ("41.5", "41.5")]
)
def test_numbers_stay_as_printed(text, number):
    """Car numbers are text: leading zeros, letters and halves stay."""
    assert _one(cells.read_numbers, text) == number


@pytest.mark.parametrize(
    ("text", "distance"),
    [("3908.2119 kms", 3908.2119), ("3,908.21 km", 3908.21), ("312.5 miles", 502.92), ("far", None)],
)
def test_distances_become_kilometres(text, distance):
    """Distances are km, whether printed so or in miles."""
    assert cells.read_distances(pa.array([text]))[0][0].as_py() == distance
