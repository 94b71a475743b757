"""The estimators by name: the function, its link, and the options that it has a use for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args

from pipeline.errors import AnalysisError
from pipeline.its.arima import arima
from pipeline.its.averaged_ar1 import averaged_ar1
from pipeline.its.averaged_ar2 import averaged_ar2
from pipeline.its.counts import binomial, poisson, quasi_poisson
from pipeline.its.effects import Relative
from pipeline.its.inference import Estimate
from pipeline.its.least_squares import newey_west, ordinary
from pipeline.its.link import IDENTITY, LOG, LOGIT, Link
from pipeline.its.negative_binomial import negative_binomial
from pipeline.its.prais_winsten import prais_winsten
from pipeline.its.reml_ar1 import reml_ar1
from pipeline.its.sample import Sample

Kind = Literal["count", "rate", "proportion", "mean", "value", "time-between"]
"""What a measure is: events, events per so many, a share of a denominator, an average, a number, a wait."""

Estimator = Callable[[Sample], Estimate]


@dataclass(frozen=True)
class Model:
    """An estimator, how its coefficients become effects, and the options it has a use for."""

    estimator: Estimator
    link: Link = IDENTITY
    relative: Relative = "linearised"
    uses: frozenset[str] = frozenset()


_COUNTS = frozenset({"denominator", "lag"})

MODELS: Mapping[str, Model] = {
    "reml-ar1": Model(reml_ar1),
    "averaged-ar1": Model(averaged_ar1, relative="realised"),
    "averaged-ar2": Model(averaged_ar2, relative="realised"),
    "ols": Model(ordinary),
    "newey-west": Model(newey_west, uses=frozenset({"lag"})),
    "prais-winsten": Model(prais_winsten),
    "arima": Model(arima, relative="realised", uses=frozenset({"order", "seasonal_order"})),
    "quasi-poisson": Model(quasi_poisson, LOG, uses=_COUNTS),
    "negative-binomial": Model(negative_binomial, LOG, uses=_COUNTS),
    "poisson": Model(poisson, LOG, uses=_COUNTS),
    "binomial": Model(binomial, LOGIT, uses=_COUNTS),
}

ELSEWHERE = {
    "structural": "its.structural(y, start, ...)",
    "synthetic-control": "its.synthetic_control(treated, comparators, start)",
}
"""Methods without coefficients of a level and a slope, which are calls of their own."""

_OWNERS = {
    "denominator": "a model of counts or proportions",
    "order": "arima",
    "seasonal_order": "arima",
    "lag": "newey-west, and to models of counts",
}


@dataclass(frozen=True)
class Choice:
    """A model's name, and one sentence on why it was taken."""

    name: str
    reason: str

    @property
    def model(self) -> Model:
        """The model itself."""
        return MODELS[self.name]

    @property
    def estimator(self) -> Estimator:
        """The model's estimator."""
        return self.model.estimator


def choose(model: str) -> Choice:
    """Gives the model called `model`.

    Raises `AnalysisError` for a name that isn't known, or is a call of its own.
    """
    if model in MODELS:
        return Choice(model, f"The model {model} was asked for by name.")
    available = ", ".join(["auto", *MODELS])
    if model in ELSEWHERE:
        raise AnalysisError(
            f"model '{model}' has no level or slope to fit, and is a call of its own: {ELSEWHERE[model]}; "
            f"here choose one of {available}."
        )
    near = get_close_matches(str(model), ["auto", *MODELS], n=1, cutoff=0.4)
    hint = f"did you mean '{near[0]}'? Available" if near else "available"
    raise AnalysisError(f"model {model!r} is not known; {hint}: {available}.")


def check_kind(kind: str | None) -> None:
    """Raises `AnalysisError` for a kind of measure that isn't known."""
    if kind is not None and kind not in get_args(Kind):
        raise AnalysisError(f"kind is {kind!r}; it must be one of {', '.join(get_args(Kind))}.")


def refuse_unused(name: str, uses: frozenset[str], given: Mapping[str, object]) -> None:
    """Raises `AnalysisError` for the first of the `given` options that model `name` has no use for."""
    for option, value in given.items():
        if value is not None and option not in uses:
            raise AnalysisError(
                f"{option} was given, and {name} has no use for it ({option} belongs to {_OWNERS[option]}); "
                "leave it out or choose another model."
            )
