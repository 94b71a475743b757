"""The words of a plan: its closed sets, its kinds of field, and what its numbers mean."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from pipeline.project import NOT_A_SLUG, is_slug

Every = Literal["day", "week", "month", "quarter", "year"]
Role = Literal["outcome", "process", "balancing", "control"]
Kind = Literal["count", "rate", "proportion", "mean", "value", "time-between"]
Better = Literal["lower", "higher"]
Format = Literal["html", "pdf", "docx"]
Estimator = Literal[
    "auto",
    "reml-ar1",
    "averaged-ar1",
    "averaged-ar2",
    "ols",
    "newey-west",
    "prais-winsten",
    "arima",
    "poisson",
    "quasi-poisson",
    "negative-binomial",
    "binomial",
    "structural",
    "synthetic-control",
]
ChartKind = Literal["auto", "run", "xmr", "mr", "xbar", "s", "p", "u", "c", "p'", "u'", "i'", "g", "t"]
Rules = Literal["making-data-count", "nhsr-plotthedots", "anhoej", "western-electric", "nelson"]

WITHOUT_LAG = (
    "reml-ar1",
    "averaged-ar1",
    "averaged-ar2",
    "ols",
    "prais-winsten",
    "arima",
    "structural",
    "synthetic-control",
)
"""The models whose errors need no lag: the others are newey-west, models of counts, and auto."""
OF_SINGLE_CASES = ("mr", "g", "t")
"""Charts whose points are differences of neighbours, or one event each."""
FORECASTS = ("structural", "synthetic-control")
"""The models that expect something of the series after the change, without a shape of what changed."""
COUNT_MODELS = ("poisson", "quasi-poisson", "negative-binomial", "binomial")
FEWEST_COMPARATORS = 19
"""With fewer the treated unit can't be among the one in twenty that a 95% interval needs."""
PERIODS_A_YEAR: dict[str, int] = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}
"""How many periods make a year; for days the season that is modelled is the week (see `season`)."""


PER_CENT = 100.0
"""Of how many a proportion tells unless the plan says otherwise."""
SEASONS = {"day": "day of the week"}
"""What repeats in a series, by the length of its periods, where it is not the time of year."""
SHARES = ("proportion", "value")
"""The kinds that are in per cent if they are told of a hundred; a rate of a hundred is per so many."""


def _date(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value} is not a date; write it as YYYY-MM-DD") from None
    if isinstance(value, datetime.date):
        return value
    raise ValueError(f"{value} is not a date; write it as YYYY-MM-DD")


def _slug(value: str) -> str:
    if not is_slug(value):
        raise ValueError(f"{value} {NOT_A_SLUG}")
    return value


Date = Annotated[datetime.date, BeforeValidator(_date)]
Slug = Annotated[
    str,
    AfterValidator(_slug),
    Field(json_schema_extra={"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}),
]
Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[int, Field(ge=1)]
Order = Annotated[int, Field(ge=0, le=3)]


class Part(BaseModel):
    """A part of the plan: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def season_of(every: str) -> str:
    """Gives what a season is called in a series of such periods.

    >>> season_of("day"), season_of("month")
    ('day of the week', 'time of year')
    """
    return SEASONS.get(every, "time of year")
