"""What is known of a trade at entry, as columns of a tree and as conditions in words and SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["KNOWN_AT_ENTRY", "Condition", "EntryFeature", "entry_values", "simplified"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class EntryFeature:
    """A column of the tree.

    Attributes
    ----------
    column : str
        Column of the trades.
    words : str
        What it is, in a sentence.
    equals : str, optional
        The column of the tree is 1 where the trades' column has this text, else 0; without it, it
        is the trades' column itself.
    shown : callable
        A bound in words.
    is_whole : bool
        Whether its values are whole numbers.
    """

    column: str
    words: str
    equals: str | None = None
    shown: Callable[[float], str] = repr
    is_whole: bool = False


KNOWN_AT_ENTRY = (
    EntryFeature("pre_runup_pct", "run-up before entry in per cent"),
    EntryFeature("entry_vol", "volatility before entry"),
    EntryFeature("side", "short", equals="short"),
    EntryFeature(
        "entry_weekday", "day of entry", shown=lambda day: _DAYS[int(day) - 1], is_whole=True
    ),
    EntryFeature("entry_hour", "hour of entry", shown=lambda hour: str(int(hour)), is_whole=True),
    *(
        EntryFeature("entry_vol_band", f"in the {band} volatility band", equals=band)
        for band in ("low", "mid", "high")
    ),
    *(
        EntryFeature("entry_trend_bucket", f"in the {bucket} trend bucket", equals=bucket)
        for bucket in ("down", "flat", "up")
    ),
)


@dataclass(frozen=True)
class Condition:
    """A feature above a bound, or at most at it; of one with ``equals``, above 0 or at most 0."""

    feature: EntryFeature
    sign: Literal["<=", ">"]
    bound: float

    def holds(self, values: Floats) -> Flags:
        """Return where it holds; it does not where the value is NaN."""
        return np.asarray(values > self.bound if self.sign == ">" else values <= self.bound)

    @property
    def sql(self) -> str:
        """A predicate on the table of trades."""
        if self.feature.equals is None:
            return f"{self.feature.column} {self.sign} {_literal(self.bound, self.feature)}"
        if self.sign == ">":
            return f"{self.feature.column} = '{self.feature.equals}'"
        return f"coalesce({self.feature.column}, '') <> '{self.feature.equals}'"

    @property
    def text(self) -> str:
        """The same in words."""
        if self.feature.equals is not None:
            return self.feature.words if self.sign == ">" else f"not {self.feature.words}"
        verb = "above" if self.sign == ">" else "at most"
        if self.feature.column == "entry_weekday":
            verb = "after" if self.sign == ">" else "up to"
        return f"{self.feature.words} {verb} {self.feature.shown(self.bound)}"


def _literal(bound: float, feature: EntryFeature) -> str:
    if feature.is_whole:
        return str(int(bound))
    text = repr(bound)
    return text if "e" in text else f"{text}e0"


def entry_values(rows: pa.Table) -> Floats:
    """Return the columns of the tree, shape (n_trades, n_features); NaN where not known."""
    columns = []
    for feature in KNOWN_AT_ENTRY:
        column = rows.column(feature.column)
        if feature.equals is not None:
            column = pc.fill_null(pc.equal(column, feature.equals), False).cast(pa.int8())
        columns.append(np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64))
    return np.column_stack(columns)


def simplified(conditions: Sequence[Condition]) -> list[Condition]:
    """Return conditions that say the same, at most two for a feature, in the features' order."""
    kept: dict[tuple[int, str], Condition] = {}
    for condition in conditions:
        key = (KNOWN_AT_ENTRY.index(condition.feature), condition.sign)
        tightest = max if condition.sign == ">" else min
        bounds = [condition.bound, kept[key].bound] if key in kept else [condition.bound]
        kept[key] = Condition(condition.feature, condition.sign, tightest(bounds))
    positive = {each.feature.column for each in kept.values() if _names_one(each)}
    return [
        kept[key]
        for key in sorted(kept, key=lambda key: (key[0], key[1] == "<="))
        # One that is high is neither low nor mid.
        if _names_one(kept[key]) or kept[key].feature.column not in positive
    ]


def _names_one(condition: Condition) -> bool:
    return condition.feature.equals is not None and condition.sign == ">"
