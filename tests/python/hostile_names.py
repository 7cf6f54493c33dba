"""Names that are made to break out of SQL, paths, shells, spreadsheets and lines of text."""

from __future__ import annotations

from run_folder import PlannedJob

__all__ = ["HOMELESS_NAMES", "NAMES", "job_named"]

NAMES = [
    "it's",
    'say "so"',
    "'; drop table raw.jobs; --",
    '"; drop table raw.files; --',
    "$1 ? :x {x} %s %(x)s 100%",
    "two\nlines\r\n\tand a tab",
    "=cmd|' -C calc'!A0",
    "back\\slash\\",
    "*?[a-z]{b,c}~!$HOME`id`",
    "\u202egnol fo thgir\u202c",
    "\u05e2\u05d1\u05e8\u05d9\u05ea \u0639\u0631\u0628\u064a",
    "\U0001f4c8\U0001f469\u200d\U0001f4bb e\u0301",
    " led and trailed ",
    "a=b&c=d#e+f",
    "\x01\x1b[31mred",
    "\ufffe\uffff",
    "~",
    "null",
    "-rf",
]
# These name no folder, or none that is looked into: such jobs are rows of the plan, without files.
HOMELESS_NAMES = [
    "../../outside",
    "=cmd|' /C calc'!A0",
    "/etc/passwd",
    "a/b",
    "..",
    "x" * 300,
    "\u00e9" * 200,
    "zero\0byte",
    ".hidden",
    ".",
]


def job_named(name: str) -> PlannedJob:
    """Return a job whose strategy, symbol, parameter and value all bear a name."""
    return PlannedJob({name: name, "n": 1}, symbol=name, strategy=name)
