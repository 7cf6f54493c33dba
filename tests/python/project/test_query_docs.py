"""The questions in the documentation have answers, and the answers shown are those of the demo."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from conftest import PROJECT_DIR, RunCli
from curvehouse.home import HOME_VARIABLE, Home
from curvehouse.publish.macros import shipped_macros

PAGE = (PROJECT_DIR / "docs" / "queries.md").read_text()


@dataclass(frozen=True)
class Question:
    """A heading of the page, its query, and what the page says of its answer."""

    question: str
    sql: str
    shown: str
    why_none: str


def parsed(section: str) -> Question:
    def found(pattern: str) -> list[str]:
        return re.findall(pattern, section, re.DOTALL | re.MULTILINE)

    (sql,) = found(r"^```sql\n(.*?)^```")
    shown = found(r"^```text\n(.*?)^```")
    why_none = found(r"^No rows in the demo: .*?$")
    assert len(shown) + len(why_none) <= 1
    return Question(section.splitlines()[0], sql, "".join(shown), "".join(why_none))


QUESTIONS = [parsed(section) for section in re.split("^### ", PAGE, flags=re.MULTILINE)[1:]]


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.question)
def test_a_question_has_the_answer_that_is_shown(
    demo_home: Home, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, asked: Question
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(demo_home.root))
    monkeypatch.setenv("COLUMNS", "80")
    outcome = run_cli("query", asked.sql)
    assert outcome.exit_code == 0, outcome.stderr
    assert ("no rows" in outcome.stderr) == bool(asked.why_none)
    if asked.shown:
        assert outcome.stdout == asked.shown


def test_the_page_is_read_whole() -> None:
    assert len(QUESTIONS) > 25
    assert all(asked.question.endswith("?") for asked in QUESTIONS)
    # One query more, before the questions, lists the macros.
    assert len(re.findall("^```sql$", PAGE, re.MULTILINE)) == len(QUESTIONS) + 1
    shown = [asked for asked in QUESTIONS if asked.shown]
    assert len(re.findall("^```text$", PAGE, re.MULTILINE)) == len(shown) > 10
    assert len(re.findall("^No rows", PAGE, re.MULTILINE)) == 4


def test_the_page_lists_the_macros() -> None:
    listed = re.findall(r"^\| `(\w+\(.*?\))` \| (.*) \|$", PAGE, re.MULTILINE)
    assert listed == [
        (
            f"{macro.name}({', '.join(macro.parameters)})",
            macro.comment.removesuffix(f" Example: {macro.example}"),
        )
        for macro in shipped_macros()
    ]
    assert all(f"from {macro.name}(" in PAGE for macro in shipped_macros())


def test_the_query_that_lists_the_macros_does(
    demo_home: Home, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(demo_home.root))
    (sql,) = re.findall(r"^```sql\n(select function_name.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    outcome = run_cli("query", sql, "--format", "csv")
    names = [line.split(",", 1)[0] for line in outcome.stdout.splitlines()[1:]]
    assert names == [macro.name for macro in shipped_macros()]
