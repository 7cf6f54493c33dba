"""The spec of a portfolio: what a user asks for, checked before anything is looked up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from curvehouse.errors import UsageError
from curvehouse.identity import check_portfolio_id
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.strict_json import parse_strictly

__all__ = [
    "RESERVED_IDS",
    "PortfolioFile",
    "Selection",
    "StrategyEntry",
    "parse_portfolio",
    "portfolio_schema",
]

# What other rows of the tables are called.
RESERVED_IDS = ("cash", "costs")

Policy = Literal["equal", "vol_parity", "kelly", "cap_dd"]
Method = Literal["min_variance", "risk_parity", "hrp", "max_sharpe"]
Cadence = Literal["daily", "weekly", "monthly"]
Metric = Literal[
    "sharpe_ratio",
    "sortino_ratio",
    "calmar_ratio",
    "annual_return",
    "annual_volatility",
    "max_drawdown",
]

_BIGGEST_COST = 1_000
_MOST_MEMBERS = 10_000


def _fault(code: ReasonCode, reason: str) -> PydanticCustomError:
    return PydanticCustomError(code.value, "{reason}", {"reason": reason})


def _check_portfolio_id(value: str) -> str:
    try:
        return check_portfolio_id(value)
    except UsageError:
        reason = "give 1 to 64 letters, digits, '-', '_' or '.', with no leading dot"
        raise _fault(ReasonCode.BAD_PORTFOLIO, reason) from None


def _check_member_id(value: str) -> str:
    if value in RESERVED_IDS or not value.strip() or not value.isprintable():
        raise _fault(ReasonCode.BAD_PORTFOLIO, f"{value!r} is no name for a member; give another")
    return value


_Named = ConfigDict(extra="forbid", frozen=True, strict=True)


class StrategyEntry(BaseModel):
    """A member of a portfolio.

    Attributes
    ----------
    id : str
        Its name in the portfolio.
    backtest_id, equity_path : str, optional
        The backtest behind it, by its id or by the path of its landed curve: one of the two.
    policy : {"equal", "vol_parity", "kelly", "cap_dd"}
        How it is sized.
    """

    model_config = _Named

    id: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_check_member_id)]
    backtest_id: Annotated[str, Field(min_length=1)] | None = None
    equity_path: Annotated[str, Field(min_length=1)] | None = None
    policy: Policy = "equal"

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.backtest_id is None) == (self.equity_path is None):
            reason = "give either its backtest_id or its equity_path"
            raise _fault(ReasonCode.BAD_PORTFOLIO, reason)
        return self


class Selection(BaseModel):
    """Members by a rule: the best of a run, chosen anew at each rebalance.

    Attributes
    ----------
    run_id : str
        The run whose backtests are candidates.
    metric : str
        What they are ranked by, on all their days so far.
    top : int
        How many are held.
    as_of : {"rebalance"}
        When they are chosen: at each rebalance, from the days before it.
    policy : {"equal", "vol_parity", "kelly", "cap_dd"}
        How each is sized.
    """

    model_config = _Named

    run_id: Annotated[str, Field(min_length=1)]
    metric: Metric = "sharpe_ratio"
    top: Annotated[int, Field(ge=1, le=_MOST_MEMBERS)]
    as_of: Literal["rebalance"] = "rebalance"
    policy: Policy = "equal"


class Constraints(BaseModel):
    """What holds at every rebalance.

    Attributes
    ----------
    max_weight : float
        The highest weight of a member, above 0 and up to 1.
    min_strategies : int
        With fewer members that may be held, all is cash.
    """

    model_config = _Named

    max_weight: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 1.0
    min_strategies: Annotated[int, Field(ge=1, le=_MOST_MEMBERS)] = 1


class PortfolioFile(BaseModel):
    """A portfolio of strategies.

    Attributes
    ----------
    portfolio_id : str
        Names it in the tables; letters, digits, ``-``, ``_`` and ``.``, at most 64.
    strategies : list of StrategyEntry, optional
        Its members, or `select`: one of the two.
    select : Selection, optional
        Members by a rule.
    rebalance_cadence : {"daily", "weekly", "monthly"}
        It is rebalanced at the open of the first day of each day, ISO week or month.
    constraints : Constraints
    cost_bps : float
        Cost of what is bought and sold, in basis points.
    portfolio_policy : {"min_variance", "risk_parity", "hrp", "max_sharpe"}, optional
        Sizes all members together, in place of each one's policy.
    """

    model_config = _Named

    portfolio_id: Annotated[str, AfterValidator(_check_portfolio_id)]
    strategies: Annotated[list[StrategyEntry], Field(min_length=1, max_length=_MOST_MEMBERS)] | (
        None
    ) = None
    select: Selection | None = None
    rebalance_cadence: Cadence
    constraints: Constraints = Constraints()
    cost_bps: Annotated[float, Field(ge=0, le=_BIGGEST_COST, allow_inf_nan=False)] = 0.0
    portfolio_policy: Method | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if (self.strategies is None) == (self.select is None):
            raise _fault(ReasonCode.BAD_PORTFOLIO, "give either 'strategies' or 'select'")
        seen: set[str] = set()
        for number, member in enumerate(self.strategies or ()):
            if member.id in seen:
                reason = f"field 'strategies.{number}.id': {member.id!r} is there a second time"
                raise _fault(ReasonCode.DUPLICATE_MEMBER, f"{reason}; rename or remove one")
            seen.add(member.id)
        most = len(seen) or (self.select.top if self.select else 0)
        if self.constraints.min_strategies > most:
            reason = (
                f"field 'constraints.min_strategies': {self.constraints.min_strategies} is more "
                f"than the {most} that can be held; lower it, or add members"
            )
            raise _fault(ReasonCode.IMPOSSIBLE_PORTFOLIO, reason)
        return self


def portfolio_schema() -> dict[str, Any]:
    """Return the JSON Schema of a spec, as docs/schemas has it.

    What it can't say is checked too: one source of members, distinct names, enough of them.
    """
    schema = PortfolioFile.model_json_schema()
    for part in (schema, *schema["$defs"].values()):
        part["description"] = part["description"].splitlines()[0]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def parse_portfolio(data: bytes, path: Path) -> PortfolioFile:
    """Read the spec of a portfolio.

    Raises
    ------
    FaultyFileError
        When it is not JSON or not such a spec; the reason names the field.
    """
    try:
        document = parse_strictly(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reason = f"is not usable JSON ({error}); mend it"
        raise FaultyFileError(ReasonCode.BAD_PORTFOLIO, reason, path=path) from error
    try:
        return PortfolioFile.model_validate(document)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        code, reason = _described(problem)
        raise FaultyFileError(code, reason, path=path) from error


def _described(problem: ErrorDetails) -> tuple[ReasonCode, str]:
    field = ".".join(str(part) for part in problem["loc"])
    place = f"field {field!r}: " if field else ""
    kind = problem["type"]
    if kind in set(ReasonCode):
        return ReasonCode(kind), f"{place}{problem['ctx']['reason']}"
    if kind == "model_type" and not field:
        return ReasonCode.BAD_PORTFOLIO, "is no JSON object; write {...} around its keys"
    if kind == "missing":
        return ReasonCode.BAD_PORTFOLIO, f"lacks the key {field!r}; add it"
    if kind == "extra_forbidden":
        return ReasonCode.BAD_PORTFOLIO, f"has the unknown key {field!r}; remove it"
    code = ReasonCode.BAD_PORTFOLIO
    if field in ("constraints.max_weight", "constraints.min_strategies"):
        code = ReasonCode.IMPOSSIBLE_PORTFOLIO
    given = json.dumps(problem["input"], default=str)[:80]
    message = problem["msg"][:1].lower() + problem["msg"][1:]
    return code, f"{place}{message}, not {given}; mend it"
