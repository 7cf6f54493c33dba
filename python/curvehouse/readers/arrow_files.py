"""Arrow files (Feather), read within a bound: what is packed in them says how large it was before.

Parquet tells its row count beforehand, Arrow only how long its packed buffers are. So the messages
are looked through first, and those same messages are read, whatever the file's footer points to.

References
----------
"Arrow Columnar Format", section "Serialization and Interprocess Communication" (Apache Arrow):
the encapsulated message, ``Message.fbs``, and the length before each compressed buffer.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

import pyarrow as pa

__all__ = ["read_arrow", "unpacked_size"]

_BEGIN, _END = b"ARROW1\0\0", b"ARROW1"
# The kinds of header that carry data, and where in a message its parts stand.
_DICTIONARY, _BATCH = 2, 3
_HEADER_TYPE, _HEADER, _DICTIONARY_DATA, _BUFFERS, _COMPRESSION = 1, 2, 1, 2, 3
_NOT_PACKED = -1


def read_arrow(data: bytes, names: Sequence[str]) -> pa.Table:
    """Read columns of an Arrow file; raise what pyarrow does where it is damaged or lacks one."""
    stream = _stream(data)
    with pa.ipc.open_stream(stream) as file:
        places = [file.schema.names.index(name) for name in names]
    options = pa.ipc.IpcReadOptions(included_fields=sorted(places), use_threads=False)
    with pa.ipc.open_stream(stream, options=options) as file:
        return file.read_all().select(list(names))


def unpacked_size(data: bytes) -> int:
    """Return how many bytes the data of an Arrow file takes when it is read.

    Raises
    ------
    ValueError
        When it is damaged.
    """
    messages = pa.ipc.MessageReader.open_stream(_stream(data))
    try:
        return sum(sum(_buffer_sizes(message)) for message in messages)
    except (struct.error, IndexError, OSError, pa.ArrowException) as error:
        raise ValueError("is not a whole Arrow file") from error


def _stream(data: bytes) -> pa.Buffer:
    if not (data.startswith(_BEGIN) and data.endswith(_END) and len(data) > len(_BEGIN)):
        raise ValueError("is not a whole Arrow file")
    return pa.py_buffer(data).slice(len(_BEGIN))


def _buffer_sizes(message: pa.ipc.Message) -> Iterator[int]:
    meta = bytes(message.metadata)
    root = _target(meta, 0)
    kind = _place(meta, root, _HEADER_TYPE)
    if kind is None or meta[kind] not in (_DICTIONARY, _BATCH):
        return
    header = _table(meta, root, _HEADER)
    if meta[kind] == _DICTIONARY:
        header = _table(meta, header, _DICTIONARY_DATA)
    is_packed = _place(meta, header, _COMPRESSION) is not None
    buffers = _table(meta, header, _BUFFERS)
    (count,) = struct.unpack_from("<I", meta, buffers)
    for offset, length in struct.iter_unpack("<qq", meta[buffers + 4 : buffers + 4 + 16 * count]):
        size = _NOT_PACKED
        if is_packed and length:
            (size,) = struct.unpack_from("<q", message.body, offset)
        if size < _NOT_PACKED:
            raise struct.error("a size is negative")
        yield length if size == _NOT_PACKED else size


def _table(meta: bytes, table: int, number: int) -> int:
    """Return where a table or a list that a field points to stands."""
    place = _place(meta, table, number)
    if place is None:
        raise struct.error("a field is missing")
    return _target(meta, place)


def _target(meta: bytes, place: int) -> int:
    (offset,) = struct.unpack_from("<I", meta, place)
    return place + int(offset)


def _place(meta: bytes, table: int, number: int) -> int | None:
    """Return where a table's field stands, or None where it is left out."""
    (back,) = struct.unpack_from("<i", meta, table)
    (size,) = struct.unpack_from("<H", meta, table - back)
    slot = 4 + 2 * number
    if slot >= size:
        return None
    (offset,) = struct.unpack_from("<H", meta, table - back + slot)
    return table + int(offset) if offset else None
