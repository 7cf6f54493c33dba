"""From a spec to the list of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from curvehouse.errors import UsageError
from curvehouse.identity import param_hash
from curvehouse.sweep.options import MAX_JOBS
from curvehouse.sweep.registry import find_strategy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curvehouse.sweep.spec import GridValue, SweepSpec
    from curvehouse.sweep.strategies import Parameter, Parameters, Strategy

__all__ = ["Job", "plan_jobs"]

# Combinations that a strategy calls invalid are no jobs, but to know that one must look at each.
_LOOKED_AT_PER_JOB = 4


@dataclass(frozen=True, slots=True)
class Job:
    """One cell of a sweep.

    Attributes
    ----------
    strategy : str
    symbol : str
    parameters : mapping
        The strategy's own, coerced to its declared types, in declared order.
    seed : int, optional
        Of the history where it is resampled, else where the strategy draws random numbers.
    param_hash : str
        Names the job's files; taken over the parameters, the symbol and the seed.
    """

    strategy: str
    symbol: str
    parameters: Parameters
    seed: int | None
    param_hash: str


@dataclass(frozen=True)
class _Grid:
    """The values to try for one strategy, parameter by parameter as it declares them."""

    strategy: Strategy
    values: list[list[GridValue]]
    seeds: list[int | None]

    @property
    def combination_count(self) -> int:
        return prod(len(values) for values in self.values) * len(self.seeds)

    @property
    def job_count(self) -> int:
        return sum(1 for _ in self.cells()) * len(self.seeds)

    def cells(self) -> Iterator[dict[str, GridValue]]:
        """Yield the combinations of parameters that the strategy calls valid."""
        names = [parameter.name for parameter in self.strategy.parameters]
        for chosen in product(*self.values):
            parameters = dict(zip(names, chosen, strict=True))
            if _is_valid(self.strategy, parameters):
                yield parameters


def plan_jobs(spec: SweepSpec, *, max_jobs: int = MAX_JOBS) -> list[Job]:
    """Return the jobs of a sweep, ordered by strategy, symbol, parameters and seed as in the spec.

    Where histories are resampled, a seed's jobs stand together: the order is then by strategy,
    symbol, seed and parameters.

    Raises
    ------
    UsageError
        When a strategy or a grid key is unknown, a value does not fit its declared type or stands
        twice, a required parameter or the seeds are missing, or no job is left, or more than
        ``max_jobs`` are.
    """
    strategies = [find_strategy(name) for name in spec.strategies]
    _check_grid_keys(spec, strategies)
    grids = [_grid(strategy, spec) for strategy in strategies]
    _check_count(grids, len(spec.symbols), max_jobs)
    jobs = [
        job
        for grid in grids
        for symbol in spec.symbols
        for job in _jobs_of(grid, symbol, seed_first=spec.is_resampled)
    ]
    if not jobs:
        rules = "; ".join(
            f"{each.name} needs {each.validity or 'what its is_valid says'}" for each in strategies
        )
        raise UsageError(
            "the param_grid plans no job: every combination is one that its strategy calls invalid "
            f"({rules}); add other values."
        )
    return jobs


def _check_grid_keys(spec: SweepSpec, strategies: list[Strategy]) -> None:
    declared = {parameter.name for strategy in strategies for parameter in strategy.parameters}
    for key in spec.param_grid:
        if key not in declared:
            offered = "; ".join(map(_declaration, strategies))
            raise UsageError(
                f"param_grid: no chosen strategy declares {key!r}; remove it ({offered})."
            )


def _declaration(strategy: Strategy) -> str:
    names = ", ".join(parameter.name for parameter in strategy.parameters)
    return f"{strategy.name} has {names or 'no parameters'}"


def _grid(strategy: Strategy, spec: SweepSpec) -> _Grid:
    values = [_values(strategy, parameter, spec) for parameter in strategy.parameters]
    return _Grid(strategy, values, _seeds(strategy, spec))


def _check_count(grids: list[_Grid], symbol_count: int, max_jobs: int) -> None:
    combinations = symbol_count * sum(grid.combination_count for grid in grids)
    if combinations <= max_jobs:
        return
    cure = "take values out of it, or raise --max-jobs"
    if combinations > max_jobs * _LOOKED_AT_PER_JOB:
        raise UsageError(
            f"the param_grid spans {combinations:,} combinations of parameters, symbols and seeds, "
            f"and --max-jobs is {max_jobs:,}; {cure}."
        )
    jobs = symbol_count * sum(grid.job_count for grid in grids)
    if jobs > max_jobs:
        raise UsageError(
            f"the param_grid plans {jobs:,} jobs, and --max-jobs is {max_jobs:,}; {cure}."
        )


def _is_valid(strategy: Strategy, parameters: dict[str, GridValue]) -> bool:
    try:
        return bool(strategy.is_valid(parameters))
    except Exception as error:
        raise UsageError(
            f"strategies: {strategy.name} can't say whether {parameters} is valid "
            f"({type(error).__name__}: {error}); correct its is_valid."
        ) from error


def _jobs_of(grid: _Grid, symbol: str, *, seed_first: bool) -> Iterator[Job]:
    if seed_first:
        for seed in grid.seeds:
            for cell in grid.cells():
                yield _job(grid.strategy, symbol, cell, seed)
        return
    for cell in grid.cells():
        for seed in grid.seeds:
            yield _job(grid.strategy, symbol, cell, seed)


def _job(
    strategy: Strategy, symbol: str, parameters: dict[str, GridValue], seed: int | None
) -> Job:
    hashed = {**parameters, "symbol": symbol}
    if seed is not None:
        hashed["seed"] = seed
    return Job(strategy.name, symbol, parameters, seed, param_hash(hashed))


def _values(strategy: Strategy, parameter: Parameter, spec: SweepSpec) -> list[GridValue]:
    given = spec.param_grid.get(parameter.name)
    if given is None:
        if parameter.default is None:
            raise UsageError(
                f"param_grid: {strategy.name} needs {parameter.name!r} "
                f"({parameter.meaning}); add its values."
            )
        return [parameter.coerce(parameter.default)]
    # As keys, because a grid may have many values.
    coerced: dict[GridValue, None] = {}
    for value in given:
        try:
            chosen = parameter.coerce(value)
        except ValueError as error:
            raise UsageError(
                f"param_grid.{parameter.name}: {error} "
                f"({strategy.name}: {parameter.meaning}); correct it."
            ) from error
        if chosen in coerced:
            raise UsageError(
                f"param_grid.{parameter.name}: two values are the same {chosen!r} "
                f"for {strategy.name}; remove one."
            )
        coerced[chosen] = None
    return list(coerced)


def _seeds(strategy: Strategy, spec: SweepSpec) -> list[int | None]:
    if not (strategy.draws_random or spec.is_resampled):
        return [None]
    if not spec.seeds:
        who = "resampling" if spec.is_resampled else strategy.name
        raise UsageError(f'seeds: {who} draws random numbers; add "seeds", such as [1, 2, 3].')
    return list(spec.seeds)
