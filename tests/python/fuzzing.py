"""Arbitrary bytes, and files that are nearly good ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

__all__ = ["anything_like"]

_TOKENS = [
    *(
        b'"',
        b'""',
        b",",
        b",,",
        b";",
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\\",
    ),
    *(b"nan", b"-inf", b"1e400", b"-1", b"0", b"1e-31", b"9999-12-31", b"2020-02-30", b"  "),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b"null",
        b"true",
        b'"\\ud800"',
        b"\xf0\x9f\x8e\xb2",
        b"=1+1",
        b"'",
    ),
    *(b"../", b"*", b"%s", b"{}", b"; drop table raw.files; --"),
]

_Edit = Callable[[bytes], bytes]


def anything_like(*good: bytes) -> st.SearchStrategy[bytes]:
    """Return what draws any bytes, one of the good contents, or one that was edited."""
    edited = st.builds(_edited, st.sampled_from(good), st.lists(_EDITS, min_size=1, max_size=4))
    return st.one_of(edited, edited, edited, st.binary(max_size=80), st.sampled_from(good))


def _edited(content: bytes, edits: Sequence[_Edit]) -> bytes:
    for edit in edits:
        content = edit(content)
    return content


def _flip(place: float, bits: int) -> _Edit:
    def edit(content: bytes) -> bytes:
        at = int(place * len(content))
        return (
            content[:at] + bytes(byte ^ bits for byte in content[at : at + 1]) + content[at + 1 :]
        )

    return edit


def _delete(place: float, length: int) -> _Edit:
    def edit(content: bytes) -> bytes:
        at = int(place * len(content))
        return content[:at] + content[at + length :]

    return edit


def _insert(place: float, token: bytes) -> _Edit:
    def edit(content: bytes) -> bytes:
        at = int(place * (len(content) + 1))
        return content[:at] + token + content[at:]

    return edit


def _swap_lines(place: float, other: float) -> _Edit:
    def edit(content: bytes) -> bytes:
        lines = content.split(b"\n")
        first, second = int(place * len(lines)), int(other * len(lines))
        lines[first], lines[second] = lines[second], lines[first]
        return b"\n".join(lines)

    return edit


def _repeat(place: float, length: int) -> _Edit:
    def edit(content: bytes) -> bytes:
        at = int(place * len(content))
        return content[: at + length] + content[at:]

    return edit


_PLACES = st.floats(0, 1, exclude_max=True)
_EDITS = st.one_of(
    st.builds(_flip, _PLACES, st.integers(1, 255)),
    st.builds(_delete, _PLACES, st.integers(1, 40)),
    st.builds(_insert, _PLACES, st.sampled_from(_TOKENS)),
    st.builds(_swap_lines, _PLACES, _PLACES),
    st.builds(_repeat, _PLACES, st.integers(1, 40)),
)
