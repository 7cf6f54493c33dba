"""How the command ``ingest results`` takes the options that readers declare, and lists them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

from curvehouse.errors import UsageError

if TYPE_CHECKING:
    from curvehouse.readers.tools.reader import ToolReader

__all__ = ["READER_VALUES", "ResultsCommand", "described_readers"]

READER_VALUES = "curvehouse.reader_values"

# Help has 80 columns, and indents these lines by two.
_WIDTH = 76
_PARAMS = "--params"


class ResultsCommand(TyperCommand):
    """A command that also takes the options of all readers that are installed."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, which ends with the formats."""
        # A backspace alone in a line keeps the lines below as they are.
        listed = "\n\n".join(f"\b\n{text}" for text in described_readers())
        self.epilog = f"Formats:\n\n{listed}"
        super().format_help(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the readers' options out, and give each of several parameters its option."""
        own = {name for parameter in self.params for name in parameter.opts}
        rest, values = _without_values(args, _declared_names() - own)
        ctx.meta[READER_VALUES] = values
        return super().parse_args(ctx, _with_params(rest))


def described_readers() -> list[str]:
    """Return a few lines on each reader that is installed."""
    from curvehouse.readers.tools.registry import find_reader, reader_names

    described = []
    for name in reader_names():
        try:
            lines = _described(find_reader(name))
        except UsageError as error:
            lines = [f"{name}: {error}"]
        described.append("\n".join(_wrapped(line) for line in lines))
    return described


def _described(reader: ToolReader) -> list[str]:
    lines = [f"{reader.name}: {reader.meaning}"]
    for option in reader.options:
        values = "|".join(option.choices) or "TEXT"
        needed = ", needed" if option.is_required else ""
        lines.append(f"  --{option.name} {values}: {option.meaning}{needed}")
    return lines


def _wrapped(line: str) -> str:
    return textwrap.fill(line, _WIDTH, subsequent_indent="    ", break_on_hyphens=False)


def _declared_names() -> set[str]:
    from curvehouse.readers.tools.registry import find_reader, reader_names

    names = set()
    for name in reader_names():
        try:
            names |= {f"--{option.name}" for option in find_reader(name).options}
        except UsageError:
            # A broken package is spoken of where its reader is needed.
            continue
    return names


def _without_values(args: list[str], names: set[str]) -> tuple[list[str], dict[str, str]]:
    rest: list[str] = []
    values: dict[str, str] = {}
    words = iter(args)
    for word in words:
        name, separator, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif name not in names:
            rest.append(word)
        else:
            given = value if separator else next(words, None)
            if given is None:
                raise UsageError(f"{name} needs a value.")
            values[name.removeprefix("--")] = given
    return rest, values


def _with_params(args: list[str]) -> list[str]:
    """Return ``--params a=1 b=2`` as ``--params a=1 --params b=2``."""
    spread: list[str] = []
    is_pair_next = False
    for number, word in enumerate(args):
        is_first = number > 0 and args[number - 1] == _PARAMS
        if is_pair_next and not is_first and "=" in word and not word.startswith("-"):
            spread.append(_PARAMS)
        elif not is_first:
            is_pair_next = word == _PARAMS
        spread.append(word)
    return spread
