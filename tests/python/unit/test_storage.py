from __future__ import annotations

import errno
import os
from collections.abc import Callable

import duckdb
import pytest

from curvehouse.errors import StorageError
from curvehouse.home import Home
from curvehouse.storage import storage_fault, telling_storage_faults


def told(home: Home, error: BaseException) -> str:
    with pytest.raises(StorageError) as caught, telling_storage_faults(home):
        raise error
    return str(caught.value)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_with_the_path(home: Home, code: int) -> None:
    home.root.mkdir()
    file, reason = home.root / "dbt.log", os.strerror(code)
    expected = (
        f"the disk is full, so {file} can't be written ({reason}); what is published stays as it "
        "was. Make room and run this command again."
    )
    assert told(home, OSError(code, reason, str(file))) == expected
    words = f'IO Error: Could not write file "{file}": {reason}'
    assert told(home, duckdb.IOException(words)) == expected
    assert storage_fault(f"Runtime Error in model x\n  {words}", home) == expected


def test_without_a_path_it_is_the_home(home: Home) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert told(home, full).startswith(f"the disk is full, so {home.root} can't be written")


def test_a_path_that_only_looks_like_one_is_not_told(home: Home) -> None:
    words = f"'/no/such' and '/other': {os.strerror(errno.ENOSPC)}"
    assert f"so {home.root} can't" in str(storage_fault(words, home))


def test_the_reason_is_found_behind_a_database_that_was_given_up(home: Home) -> None:
    given_up = duckdb.FatalException("database has been invalidated")
    given_up.__context__ = duckdb.IOException("Could not write: No space left on device")
    assert told(home, given_up).startswith("the disk is full")


@pytest.mark.parametrize("kind", [PermissionError, OSError])
def test_what_may_not_be_written_is_told(home: Home, kind: Callable[..., OSError]) -> None:
    code = errno.EACCES if kind is PermissionError else errno.EROFS
    said = told(home, kind(code, os.strerror(code), str(home.root.parent / "x")))
    assert f"{home.root.parent / 'x'} can't be opened or written ({os.strerror(code)})" in said


def test_a_file_in_the_way_is_told(home: Home) -> None:
    home.root.touch()
    said = told(home, NotADirectoryError(errno.ENOTDIR, "Not a directory", str(home.root)))
    assert said.startswith(f"{home.root} is in the way of a folder")


def test_a_damaged_working_file_is_told_and_another_file_is_not(home: Home) -> None:
    home.working_file.parent.mkdir(parents=True)
    words = 'IO Error: The file "{}" exists, but it is not a valid DuckDB database file!'
    said = told(home, duckdb.IOException(words.format(home.working_file)))
    assert said.startswith(f"{home.working_file} is damaged or no DuckDB file")
    assert storage_fault(words.format(home.working_file.parent / "prices.csv"), home) is None


def test_other_errors_pass(home: Home) -> None:
    for error in (FileNotFoundError(2, "No such file", "x"), duckdb.ParserException("syntax")):
        with pytest.raises(type(error)), telling_storage_faults(home):
            raise error
