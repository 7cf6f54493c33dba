"""The closes a sweep runs on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from curvehouse.errors import InvalidInputError, UsageError
from curvehouse.sweep.bars import Bars, bars_sha256
from curvehouse.sweep.price_file import check_bars, load_bars

WIDE = "Date,AAA,BBB\n2020-01-01,1.5,\n2020-01-02,2.5,10\n2020-01-03,3.5,11\n"
LONG = "ts,symbol,close\n2020-01-03,BBB,11\n2020-01-02,BBB,10\n2020-01-03,CCC,5\n2020-01-04,CCC,6\n"


def write(folder: Path, text: str, name: str = "bars.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def series(closes: list[float], days: list[str], symbol: str = "AAA") -> Bars:
    return Bars(
        symbol=symbol, times=np.array(days, dtype="datetime64[us]"), closes=np.array(closes)
    )


def test_wide_file_drops_the_days_before_listing(tmp_path: Path) -> None:
    bars = load_bars(write(tmp_path, WIDE), ["BBB", "AAA"])
    assert list(bars) == ["BBB", "AAA"]
    assert bars["AAA"].closes.tolist() == [1.5, 2.5, 3.5]
    assert bars["BBB"].closes.tolist() == [10, 11]
    days = np.array(["2020-01-02", "2020-01-03"], dtype="datetime64[us]")
    assert (bars["BBB"].times == days).all()
    assert bars["BBB"].times.dtype == np.dtype("datetime64[us]")


def test_fingerprint_is_of_the_bars_used_not_of_the_file(tmp_path: Path) -> None:
    wide = load_bars(write(tmp_path, WIDE), ["BBB"])
    long = load_bars(write(tmp_path, LONG, "long.csv"), ["BBB"])
    assert bars_sha256(wide.values()) == bars_sha256(long.values())


def test_fingerprint_sees_each_part() -> None:
    days = ["2020-01-01", "2020-01-02"]
    base = series([1, 2], days)
    variants = [
        [base],
        [series([1, 3], days)],
        [series([1, 2], ["2020-01-01", "2020-01-03"])],
        [series([1, 2], days, "BBB")],
        [base, series([1, 2], days, "BBB")],
    ]
    assert len({bars_sha256(variant) for variant in variants}) == len(variants)
    assert bars_sha256(variants[4]) == bars_sha256(reversed(variants[4]))


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no bars file .*none\.csv"):
        load_bars(tmp_path / "none.csv", ["AAA"])


def test_unknown_symbol_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no symbol 'ZZZ'; it has AAA, BBB"):
        load_bars(write(tmp_path, WIDE), ["AAA", "ZZZ"])


def test_unknown_symbol_among_many(tmp_path: Path) -> None:
    names = [f"S{number:03}" for number in range(30)]
    text = f"Date,{','.join(names)}\n2020-01-01{',1' * 30}\n2020-01-02{',1' * 30}\n"
    with pytest.raises(UsageError, match="S019 and 10 more"):
        load_bars(write(tmp_path, text), ["ZZZ"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Date,AAA\n2020-01-01,1\n", "'AAA': fewer than 2 bars"),
        ("Date,AAA\n2020-01-01,1\n2020-01-02,-1\n", "-1"),
        ("Date,AAA\n2020-01-01,1\n2020-01-02,inf\n", "inf"),
        ("Date,AAA\n2020-01-01,1\n2020-01-01,2\n", "2020-01-01"),
        ("Date,AAA\n2020-01-01,1\n2020-01-02,many\n", "many"),
        ("Date,AAA\n2020-01-01,1\nmonday,2\n", "monday"),
        ("", "empty"),
    ],
)
def test_unusable_files(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InvalidInputError) as caught:
        load_bars(path, ["AAA"])
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("bars", "message"),
    [
        (series([1, 2, 3], ["2020-01-01", "2020-01-03", "2020-01-02"]), "2020-01-02T"),
        (series([1, 2], ["2020-01-01", "2020-01-01"]), "2020-01-01T"),
        (series([1, np.nan], ["2020-01-01", "2020-01-02"]), "2020-01-02T.* is nan"),
        (series([1, np.inf], ["2020-01-01", "2020-01-02"]), "2020-01-02T.* is inf"),
        (series([0, 1], ["2020-01-01", "2020-01-02"]), "2020-01-01T.* is 0"),
        (series([1], ["2020-01-01"]), "fewer than 2 bars"),
    ],
)
def test_bars_that_cannot_be_traded_on(bars: Bars, message: str) -> None:
    with pytest.raises(InvalidInputError, match=f"some.csv, symbol 'AAA': .*{message}"):
        check_bars(bars, Path("some.csv"))


@pytest.mark.parametrize("empty", ["", "NaN"])
@pytest.mark.parametrize("header", ["Date,AAA,BBB", "Date,BBB,AAA"])
def test_a_close_that_is_missing_inside_is_a_gap(tmp_path: Path, empty: str, header: str) -> None:
    text = f"{header}\n2020-01-01,1,{empty}\n2020-01-02,2,2\n2020-01-03,3,{empty}\n"
    path = write(tmp_path, text + f"2020-01-04,4,{empty}\n2020-01-07,5,5\n2020-01-08,6,{empty}\n")
    whole, holed = header.split(",")[1:]
    # Neither the weekend that nobody has nor the days before and after are gaps.
    assert len(load_bars(path, [whole])[whole]) == 6
    message = f"symbol '{holed}': no close at 2020-01-03T00:00:00.000000 and at 1 more, between"
    with pytest.raises(InvalidInputError, match=message):
        load_bars(path, [holed])


def test_a_gap_where_there_is_one_symbol_only(tmp_path: Path) -> None:
    path = write(tmp_path, "Date,AAA\n2020-01-01,1\n2020-01-02,\n2020-01-03,3\n")
    with pytest.raises(InvalidInputError, match=r"no close at 2020-01-02T00:00:00\.0+, between"):
        load_bars(path, ["AAA"])


OHLC = "Date,Open,High,Low,Close\n2020-01-01,1,3,1,2\n2020-01-02,,3,1,2\n2020-01-03,2,3,{low},2\n"


def test_other_prices_are_read(tmp_path: Path) -> None:
    bars = load_bars(write(tmp_path, OHLC.format(low=1), "A.csv"), ["A"])["A"]
    assert bars.opens is not None
    np.testing.assert_array_equal(bars.opens, [1, np.nan, 2])
    assert bars.highs is not None
    assert bars.highs.tolist() == [3, 3, 3]
    closes = load_bars(write(tmp_path, "Date,Close\n2020-01-01,2\n2020-01-02,2\n", "A.csv"), ["A"])
    assert closes["A"].other_prices == {}


def test_fingerprint_sees_the_other_prices(tmp_path: Path) -> None:
    fingerprints = {
        bars_sha256(load_bars(write(tmp_path, text, "A.csv"), ["A"]).values())
        for text in (
            OHLC.format(low=1),
            OHLC.format(low=1.5),
            OHLC.format(low=1).replace("High,Low", "Low,High"),
            OHLC.format(low=1).replace("Open", "Other"),
        )
    }
    assert len(fingerprints) == 4


@pytest.mark.parametrize("low", ["0", "-1"])
def test_other_prices_must_be_positive_too(tmp_path: Path, low: str) -> None:
    with pytest.raises(InvalidInputError, match=r"the low at 2020-01-03T.* lows must be positive"):
        load_bars(write(tmp_path, OHLC.format(low=low), "A.csv"), ["A"])
