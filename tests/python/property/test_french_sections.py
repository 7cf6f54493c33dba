"""Damage to a row of Kenneth French's tables never makes the rows around it disappear."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from curvehouse.readers.french import french_section

PREAMBLE = b"This file was created by hand, Inc.\n\n"
HEADER = b",Mkt-RF,RF\n"
ROWS = [b"20200102,  0.10,  0.01\n", b"20200103,-99.99, -0.02\n", b"20200106,  0.17,  0.03\n"]
TAILS = [b"", b"\nCopyright 2023\n", b"\n Annual\n,Mkt-RF,RF\n2020,1.0,2.0\n", b"Copyright\n"]


@given(
    number=st.integers(0, 2),
    start=st.integers(0, 22),
    length=st.integers(0, 23),
    inserted=st.text("0129 ,.\n\rx-;\"'é", max_size=4),
    tail=st.sampled_from(TAILS),
)
def test_rows_beside_a_damaged_one_stay_in_the_table(
    number: int, start: int, length: int, inserted: str, tail: bytes
) -> None:
    row = ROWS[number]
    damaged = row[:start] + inserted.encode() + row[start + length :]
    rows = [damaged if index == number else row for index, row in enumerate(ROWS)]
    text = PREAMBLE + HEADER + b"".join(rows) + tail
    section = french_section(text)
    if section is not None:
        table = text[section.start : section.end]
        assert table.startswith(HEADER)
        others = [row.strip() for index, row in enumerate(ROWS) if index != number]
        assert all(row in table for row in others)
        is_apart = tail and damaged.endswith(b"\n")
        assert not is_apart or tail.strip() not in table


@given(st.binary(max_size=200), st.integers(0, 200))
@example(b"\r", 1)
@example(("x" + "é" * 80_000).encode(), 0)
def test_any_bytes_that_are_text_are_looked_through(noise: bytes, at: int) -> None:
    text = PREAMBLE + HEADER + b"".join(ROWS)
    text = text[:at] + noise.decode(errors="replace").encode() + text[at:]
    section = french_section(text)
    assert section is None or 0 < section.start < section.end <= len(text)
