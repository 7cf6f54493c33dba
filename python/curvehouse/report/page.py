"""What a page consists of, before it is put into HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curvehouse.report.figures import Figure, chart_data

__all__ = ["Cell", "Column", "Fact", "Page", "Section", "Table"]


@dataclass(frozen=True)
class Fact:
    """A figure that stands at the head of a page."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, what it holds, and whether the rows come sorted by it."""

    title: str
    is_number: bool = True
    is_day: bool = False
    is_picture: bool = False
    is_descending: bool = False
    explanation: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes
    ----------
    text : str
        What stands in it.
    order : float or None
        What it is sorted by, where that is not its text.
    link : str
        The page it leads to; empty for none.
    path : str
        The path of a curve that is drawn in its place; its text is then said instead.
    shade : str
        Name of its shade in the stylesheet.
    """

    text: str
    order: float | None = None
    link: str = ""
    path: str = ""
    shade: str = ""


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its heading.

    Attributes
    ----------
    caption : str
        What it shows.
    columns : sequence of Column
    rows : sequence of sequence of Cell
    queries : sequence of str
        The queries that made it.
    kind : str
        What the stylesheet calls it, where it looks otherwise than others.
    is_sortable : bool
        Whether a click on a heading sorts it.
    is_folded : bool
        Whether it is shown only on demand.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    queries: Sequence[str]
    kind: str = ""
    is_sortable: bool = False
    is_folded: bool = False


@dataclass(frozen=True)
class Section:
    """A part of a page; where it has nothing to show, ``empty`` says why."""

    title: str
    empty: str
    lead: str = ""
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    are_panels: bool = False

    @property
    def shown_figures(self) -> list[Figure]:
        """The figures that have something to draw."""
        return [figure for figure in self.figures if not figure.is_empty]

    @property
    def shown_tables(self) -> list[Table]:
        """The tables that have rows."""
        return [table for table in self.tables if table.rows]

    @property
    def queries(self) -> list[str]:
        """The queries behind the figures, each once."""
        return list(dict.fromkeys(text for one in self.shown_figures for text in one.queries))

    @property
    def anchor(self) -> str:
        """Name of the place on the page, which holds no text from data."""
        return f"s-{hashlib.sha256(self.title.encode()).hexdigest()[:8]}"

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.shown_figures and not self.shown_tables


@dataclass(frozen=True)
class Page:
    """One page of the site.

    Attributes
    ----------
    file_name : str
    kind : str
        What sort of page it is, as it stands above the title.
    title, lead : str
    facts : sequence of Fact
    sections : sequence of Section
    template : str
        Name of its template.
    content : dict
        What its template needs beyond that.
    """

    file_name: str
    kind: str
    title: str
    lead: str
    facts: Sequence[Fact] = ()
    sections: Sequence[Section] = ()
    template: str = "page.html.j2"
    content: dict[str, Any] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """What the script draws the figures from; data that figures share is there once."""
        figures = [figure for section in self.sections for figure in section.shown_figures]
        answers = {id(answer): answer for figure in figures for answer in figure.data.values()}
        keys = {identity: f"d{number}" for number, identity in enumerate(answers)}
        return {
            "data": {keys[identity]: chart_data(answer) for identity, answer in answers.items()},
            "figures": {
                figure.key: {
                    "chart": figure.chart,
                    "bound": figure.bound,
                    "height": figure.height,
                    "data": {name: keys[id(answer)] for name, answer in figure.data.items()},
                }
                for figure in figures
            },
        }
