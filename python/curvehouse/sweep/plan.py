"""From a spec to the list of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from curvehouse.errors import UsageError
from curvehouse.identity import param_hash
from curvehouse.sweep.strategies import STRATEGIES, Parameter, Parameters, Strategy

if TYPE_CHECKING:
    from curvehouse.sweep.spec import GridValue, SweepSpec

__all__ = ["Job", "plan_jobs"]


@dataclass(frozen=True)
class Job:
    """One cell of a sweep.

    Attributes
    ----------
    strategy : str
    symbol : str
    parameters : mapping
        The strategy's own, coerced to its declared types, in declared order.
    seed : int, optional
        Where the strategy draws random numbers.
    param_hash : str
        Names the job's files; taken over the parameters, the symbol and the seed.
    """

    strategy: str
    symbol: str
    parameters: Parameters
    seed: int | None
    param_hash: str


def plan_jobs(spec: SweepSpec) -> list[Job]:
    """Return the jobs of a sweep, ordered by strategy, symbol, parameters and seed as in the spec.

    Raises
    ------
    UsageError
        When a strategy or a grid key is unknown, a value does not fit its declared type or stands
        twice, a required parameter or the seeds are missing, or no job is left.
    """
    strategies = [_strategy(name) for name in spec.strategies]
    _check_grid_keys(spec, strategies)
    jobs = [
        job
        for strategy in strategies
        for symbol in spec.symbols
        for job in _jobs_of(strategy, symbol, spec)
    ]
    if not jobs:
        raise UsageError(
            "the param_grid plans no job: every combination is one that its strategy calls invalid "
            "(ma_crossover needs ma_short < ma_long); add other values."
        )
    return jobs


def _strategy(name: str) -> Strategy:
    if name not in STRATEGIES:
        raise UsageError(
            f"strategies: {name!r} is unknown; choose among {', '.join(sorted(STRATEGIES))}."
        )
    return STRATEGIES[name]


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


def _jobs_of(strategy: Strategy, symbol: str, spec: SweepSpec) -> list[Job]:
    names = [parameter.name for parameter in strategy.parameters]
    values = [_values(strategy, parameter, spec) for parameter in strategy.parameters]
    combinations = [dict(zip(names, chosen, strict=True)) for chosen in product(*values)]
    return [
        _job(strategy, symbol, parameters, seed)
        for parameters in combinations
        if strategy.is_valid(parameters)
        for seed in _seeds(strategy, spec)
    ]


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
    coerced: list[GridValue] = []
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
        coerced.append(chosen)
    return coerced


def _seeds(strategy: Strategy, spec: SweepSpec) -> list[int | None]:
    if not strategy.draws_random:
        return [None]
    if not spec.seeds:
        raise UsageError(
            f'seeds: {strategy.name} draws random numbers; add "seeds", such as [1, 2, 3].'
        )
    return list(spec.seeds)
