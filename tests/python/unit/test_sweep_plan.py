"""Which jobs a spec plans."""

from __future__ import annotations

import pytest

from curvehouse.errors import UsageError
from curvehouse.sweep import SweepSpec
from curvehouse.sweep import plan as plan_module
from curvehouse.sweep.plan import Job, plan_jobs
from curvehouse.sweep.registry import find_strategy, strategy_names
from curvehouse.sweep.spec import GridValue
from curvehouse.sweep.strategies import Parameter

CROSSOVER = "20686589e3c599e64c8f22438129ffe9ec6ca1e8a64c07d9ad91dd78c40663f5"
FLIP = "fec056b160726b489150f7103b90a9bfa975b974fb60587ac2d7352b3b8c15d0"


def plan(
    strategies: list[str],
    grid: dict[str, list[GridValue]],
    seeds: list[int] | None = None,
    symbols: list[str] | None = None,
) -> list[Job]:
    return plan_jobs(
        SweepSpec(
            strategies=strategies,
            symbols=symbols or ["SP500"],
            param_grid=grid,
            seeds=seeds or [],
        )
    )


def test_example_plans_seven_jobs() -> None:
    jobs = plan(
        ["ma_crossover", "random_flip"], {"ma_short": [5, 10], "ma_long": [20, 50]}, [1, 2, 3]
    )
    assert [(job.strategy, dict(job.parameters), job.seed) for job in jobs] == [
        ("ma_crossover", {"ma_short": 5, "ma_long": 20}, None),
        ("ma_crossover", {"ma_short": 5, "ma_long": 50}, None),
        ("ma_crossover", {"ma_short": 10, "ma_long": 20}, None),
        ("ma_crossover", {"ma_short": 10, "ma_long": 50}, None),
        ("random_flip", {"flip_probability": 0.1}, 1),
        ("random_flip", {"flip_probability": 0.1}, 2),
        ("random_flip", {"flip_probability": 0.1}, 3),
    ]
    assert (jobs[0].param_hash, jobs[4].param_hash) == (CROSSOVER, FLIP)
    assert len({job.param_hash for job in jobs}) == 7


def test_order_is_strategy_symbol_parameters_seed() -> None:
    jobs = plan(
        ["random_flip", "buy_and_hold"],
        {"flip_probability": [0.5, 0.2]},
        seeds=[7, 3],
        symbols=["B", "A"],
    )
    assert [(job.symbol, job.parameters.get("flip_probability"), job.seed) for job in jobs] == [
        (symbol, probability, seed)
        for symbol in ("B", "A")
        for probability in (0.5, 0.2)
        for seed in (7, 3)
    ] + [("B", None, None), ("A", None, None)]


def test_order_does_not_hang_on_the_order_of_grid_keys() -> None:
    grid: dict[str, list[GridValue]] = {"ma_long": [50, 20], "ma_short": [5, 10]}
    assert plan(["ma_crossover"], grid) == plan(
        ["ma_crossover"], dict(reversed(list(grid.items())))
    )


def test_invalid_combinations_are_not_planned() -> None:
    jobs = plan(["ma_crossover"], {"ma_short": [5, 20, 50], "ma_long": [20, 10]})
    pairs = [(job.parameters["ma_short"], job.parameters["ma_long"]) for job in jobs]
    assert pairs == [(5, 20), (5, 10)]


def test_same_values_spelt_otherwise_are_the_same_job() -> None:
    (job,) = plan(["ma_crossover"], {"ma_short": [5.0], "ma_long": [20]})
    assert job.param_hash == CROSSOVER
    assert type(job.parameters["ma_short"]) is int


@pytest.mark.parametrize(
    ("strategies", "grid", "message"),
    [
        (["none"], {}, "'none' is unknown; choose among buy_and_hold, donchian_breakout, ma_cro"),
        (["ma_crossover"], {"ma_short": [5]}, "ma_crossover needs 'ma_long'"),
        (
            ["random_flip", "buy_and_hold"],
            {"colour": [1]},
            "declares 'colour'; remove it (random_flip has flip_probability; buy_and_hold has no p",
        ),
        (["buy_and_hold"], {"ma_short": [5]}, "no chosen strategy declares 'ma_short'"),
        (["buy_and_hold"], {"seed": [5]}, "no chosen strategy declares 'seed'"),
        (["random_flip"], {}, 'random_flip draws random numbers; add "seeds"'),
        (["ma_crossover"], {"ma_short": [5, 5.0], "ma_long": [9]}, "two values are the same 5"),
        (["ma_crossover"], {"ma_short": [0], "ma_long": [9]}, "ma_short: 0 must be at least 1"),
        (["ma_crossover"], {"ma_short": [9], "ma_long": [9]}, "plans no job"),
        (["random_flip"], {"flip_probability": [1.5]}, "1.5 must be at most 1"),
    ],
)
def test_refused(strategies: list[str], grid: dict[str, list[GridValue]], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(strategies, grid)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("declared", "value", "expected"),
    [
        (int, 5, 5),
        (int, 5.0, 5),
        (int, -3, -3),
        (float, 5, 5.0),
        (float, 0.25, 0.25),
        (float, -0.0, 0.0),
        (str, "5", "5"),
        (bool, True, True),
    ],
)
def test_coerced(declared: type[int], value: object, expected: object) -> None:
    coerced = Parameter("x", declared, "").coerce(value)
    assert (repr(coerced), type(coerced)) == (repr(expected), declared)


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        (int, 5.5),
        (int, "5"),
        (int, True),
        (int, float("inf")),
        (float, "0.5"),
        (float, False),
        (float, 10**400),
        (str, 5),
        (bool, 1),
        (bool, "true"),
        (int, None),
    ],
)
def test_not_coerced(declared: type[int], value: object) -> None:
    with pytest.raises(ValueError, match=r"is not of type|is too large"):
        Parameter("x", declared, "").coerce(value)


def test_strategies_describe_themselves() -> None:
    for name in strategy_names():
        strategy = find_strategy(name)
        assert strategy.name == name
        assert strategy.meaning
        assert all(parameter.meaning for parameter in strategy.parameters)
        defaults = [p for p in strategy.parameters if p.default is not None]
        assert all(repr(p.coerce(p.default)) == repr(p.default) for p in defaults)


def test_a_grid_that_plans_too_much_is_refused() -> None:
    grid: dict[str, list[GridValue]] = {
        "ma_short": list(range(1, 31)),
        "ma_long": list(range(1, 31)),
    }
    spec = SweepSpec(strategies=["ma_crossover"], symbols=["A", "B"], param_grid=grid)
    # 900 combinations of two symbols are 870 jobs.
    assert len(plan_jobs(spec, max_jobs=870)) == 870
    with pytest.raises(UsageError, match="plans 870 jobs, and --max-jobs is 869"):
        plan_jobs(spec, max_jobs=869)


def test_a_boundless_grid_is_refused_without_looking_at_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grid: dict[str, list[GridValue]] = {
        "zscore_window": list(range(2, 5_002)),
        "zscore_entry": [number / 10 for number in range(5_000)],
        "zscore_exit": [-number / 10 for number in range(5_000)],
    }
    spec = SweepSpec(strategies=["zscore_reversion"], symbols=["A"], param_grid=grid)
    monkeypatch.setattr(plan_module, "product", None)
    with pytest.raises(UsageError, match=r"spans 125,000,000,000 combinations .* is 1,000,000;"):
        plan_jobs(spec)


def test_seeds_count_too() -> None:
    spec = SweepSpec(
        strategies=["random_flip"], symbols=["A"], param_grid={}, seeds=list(range(100))
    )
    with pytest.raises(UsageError, match="100 combinations of parameters, symbols and seeds"):
        plan_jobs(spec, max_jobs=10)
