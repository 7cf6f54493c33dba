"""Zip archives: looked through in memory, within a bound, and never unpacked to a folder."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from curvehouse.readers.content import MAX_BYTES, check_size
from curvehouse.readers.faults import FaultyFileError, ReasonCode

__all__ = ["Archive", "open_archive"]

_ENCRYPTED = 0x1
# What can be wrong inside an archive whose list of entries could be read.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError)


@dataclass(frozen=True)
class Archive:
    """An archive whose entries all have good names, and together are not too large.

    Attributes
    ----------
    path : Path
        The file, for messages.
    names : tuple of str
        The names of the entries that are no folders, in the archive's order.
    """

    path: Path
    names: tuple[str, ...]
    _file: zipfile.ZipFile

    def read(self, name: str) -> bytes:
        """Return an entry's content.

        Raises
        ------
        FaultyFileError
            When it is damaged.
        """
        try:
            return self._file.read(name)
        except NotImplementedError as error:
            reason = f"packs {name!r} in a way that can't be read; zip it with deflate"
            raise _fault(self.path, ReasonCode.UNREADABLE, reason) from error
        except _DAMAGE as error:
            raise _truncated(self.path, f"is damaged in {name!r}") from error


def open_archive(path: Path, data: bytes, *, max_bytes: int = MAX_BYTES) -> Archive:
    """Look through an archive; nothing of it is unpacked yet.

    Parameters
    ----------
    path : Path
        The file, for messages.
    data : bytes
        What is on disk.
    max_bytes : int
        How large all entries may be together when they are unpacked. An entry is never read beyond
        the size that it declares, so what the declarations sum to is the most that can be read.

    Raises
    ------
    FaultyFileError
        When it is no whole archive, is encrypted, too large, has two entries of one name, or one
        whose name leads out of the folder that it would be unpacked to.
    """
    try:
        file = zipfile.ZipFile(io.BytesIO(data))
        entries = [entry for entry in file.infolist() if not entry.is_dir()]
    except (*_DAMAGE, NotImplementedError) as error:
        raise _truncated(path, "is not a whole zip archive") from error
    for entry in file.infolist():
        if _leads_outside(entry.orig_filename):
            name = entry.orig_filename[:80]
            reason = f"has an entry {name!r} that leads out of its folder; don't trust it"
            raise _fault(path, ReasonCode.PATH_OUTSIDE_FOLDER, reason)
        if entry.flag_bits & _ENCRYPTED:
            raise _fault(path, ReasonCode.UNREADABLE, "is encrypted; unpack it and zip it plainly")
    check_size(path, sum(entry.file_size for entry in entries), max_bytes, is_unpacked=True)
    names = tuple(entry.filename for entry in entries)
    if len(set(names)) < len(names):
        raise _truncated(path, "has two entries of one name")
    return Archive(path, names, file)


def _leads_outside(name: str) -> bool:
    r"""Return whether a name is absolute or climbs, as Unix or as Windows reads it.

    >>> [_leads_outside(name) for name in ("a/b.json", "../b", "/b", "C:b", r"a\..\..\b")]
    [False, True, True, True, True]
    """
    windows = PureWindowsPath(name)
    parts = {*PurePosixPath(name).parts, *windows.parts}
    return "\0" in name or name.startswith("/") or bool(windows.anchor) or ".." in parts


def _truncated(path: Path, what: str) -> FaultyFileError:
    return _fault(path, ReasonCode.TRUNCATED, f"{what}; write it again")


def _fault(path: Path, code: ReasonCode, reason: str) -> FaultyFileError:
    return FaultyFileError(code, reason, path=path)
