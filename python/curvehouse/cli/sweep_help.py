"""Help of the command ``sweep``, which lists the strategies that are installed."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

from curvehouse.errors import UsageError

if TYPE_CHECKING:
    from curvehouse.sweep.strategies import Parameter, Strategy

__all__ = ["SweepCommand", "described_strategies"]

# Help has 80 columns, and indents these lines by two.
_WIDTH = 76


class SweepCommand(TyperCommand):
    """A command whose help ends with the strategies, looked up when it is asked for."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        # A backspace alone in a line keeps the lines below as they are.
        listed = "\n\n".join(f"\b\n{text}" for text in described_strategies())
        self.epilog = f"Strategies:\n\n{listed}"
        super().format_help(ctx, formatter)


def described_strategies() -> list[str]:
    """Return a few lines on each strategy that is installed."""
    from curvehouse.sweep.registry import find_strategy, strategy_names

    described = []
    for name in strategy_names():
        try:
            lines = _described(find_strategy(name))
        except UsageError as error:
            lines = [f"{name}: {error}"]
        described.append("\n".join(_wrapped(line) for line in lines))
    return described


def _described(strategy: Strategy) -> list[str]:
    needs = "; needs seeds" if strategy.draws_random else ""
    lines = [f"{strategy.name}: {strategy.meaning}{needs}"]
    lines += [f"  {_declared(parameter)}" for parameter in strategy.parameters]
    if strategy.validity:
        lines.append(f"  where {strategy.validity}")
    return lines


def _wrapped(line: str) -> str:
    return textwrap.fill(line, _WIDTH, subsequent_indent="    ", break_on_hyphens=False)


def _declared(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f" = {parameter.default}"
    return f"{parameter.name} ({parameter.type.__name__}{default}): {parameter.meaning}"
