from __future__ import annotations

import time
from typing import Any, cast

import duckdb
import pytest

from curvehouse.errors import QueryError
from curvehouse.query.deadline import Deadline


class Connection:
    """One that notes when it is interrupted."""

    interruptions = 0

    def interrupt(self) -> None:
        self.interruptions += 1


def deadline(connection: Connection, seconds: float | None) -> Deadline:
    return Deadline(cast(Any, connection), seconds)


def work(limit: Deadline, blocks: int, fault: duckdb.Error | None = None) -> None:
    for _ in range(blocks):
        time.sleep(0.02)
        with limit.working():
            time.sleep(0.1)
            if fault:
                raise fault


def test_time_adds_up_over_blocks() -> None:
    connection = Connection()
    limit = deadline(connection, 0.5)
    work(limit, 2)
    assert connection.interruptions == 0
    with pytest.raises(QueryError, match=r"stopped after 0\.5 s of work"):
        work(limit, 10)
    assert connection.interruptions == 1


def test_an_error_after_the_time_is_up_is_that_the_time_is_up() -> None:
    fault = duckdb.InvalidInputException("whatever an interruption comes out as")
    with pytest.raises(QueryError, match="stopped"):
        work(deadline(Connection(), 0.01), 1, fault)


def test_an_error_in_time_stays_what_it_is() -> None:
    with pytest.raises(duckdb.ParserException), deadline(Connection(), 60).working():
        raise duckdb.ParserException("no SQL")


@pytest.mark.parametrize("seconds", [None, 1e300, float("inf")])
def test_without_a_limit_nothing_is_interrupted(seconds: float | None) -> None:
    connection = Connection()
    with deadline(connection, seconds).working():
        time.sleep(0.01)
    assert connection.interruptions == 0
