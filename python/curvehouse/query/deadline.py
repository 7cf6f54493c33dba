"""A bound on the time that DuckDB works on a query."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from curvehouse.errors import QueryError

__all__ = ["Deadline"]


class Deadline:
    """Interrupts a connection when it has worked for too long.

    Only the time within `working` counts: a person who pages through the rows may take all day.

    Parameters
    ----------
    connection : DuckDBPyConnection
        What is interrupted.
    seconds : float, optional
        The time that it may work in all; without it there is no bound.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, seconds: float | None) -> None:
        self._connection = connection
        # A longer wait than threads can do is none.
        is_bounded = seconds is not None and seconds < threading.TIMEOUT_MAX
        self._seconds = seconds if is_bounded else None
        self._left = seconds or 0.0
        self._is_over = False

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count the time of this block.

        Raises
        ------
        QueryError
            When the time is up before the block ends.
        """
        if self._seconds is None:
            yield
            return
        began = time.monotonic()
        alarm = threading.Timer(max(self._left, 0.0), self._interrupt)
        alarm.start()
        try:
            yield
        except duckdb.Error as error:
            # Which error an interruption comes out as depends on the thread that hears of it.
            if self._is_over:
                raise self._told() from error
            raise
        finally:
            alarm.cancel()
            alarm.join()
            self._left -= time.monotonic() - began
        if self._is_over:
            raise self._told()

    def _interrupt(self) -> None:
        self._is_over = True
        self._connection.interrupt()

    def _told(self) -> QueryError:
        return QueryError(
            f"the query was stopped after {self._seconds:g} s of work; ask for less, or give it "
            "more time with --timeout (0 sets no limit)."
        )
