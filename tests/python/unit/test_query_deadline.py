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


def test_time_adds_up_over_blocks_and_rests_between_them() -> None:
    connection = Connection()
    limit = deadline(connection, 0.3)
    blocks = 0
    with pytest.raises(QueryError, match=r"stopped after 0\.3 seconds"):
        for blocks in range(50):
            time.sleep(0.02)
            with limit.working():
                time.sleep(0.1)
    assert 0 < blocks < 4
    assert connection.interruptions == 1


def test_an_error_after_the_time_is_up_is_that_the_time_is_up() -> None:
    with pytest.raises(QueryError, match="stopped"), deadline(Connection(), 0.01).working():
        time.sleep(0.1)
        raise duckdb.InvalidInputException("whatever an interruption comes out as")


def test_an_error_in_time_stays_what_it_is() -> None:
    with pytest.raises(duckdb.ParserException), deadline(Connection(), 60).working():
        raise duckdb.ParserException("no SQL")


def test_without_a_limit_nothing_is_interrupted() -> None:
    connection = Connection()
    with deadline(connection, None).working():
        time.sleep(0.01)
    assert connection.interruptions == 0
