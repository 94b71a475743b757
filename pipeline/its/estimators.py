"""The estimators by name, and which one `auto` takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pipeline.errors import AnalysisError
from pipeline.its.inference import Estimate
from pipeline.its.least_squares import newey_west, ordinary
from pipeline.its.prais_winsten import prais_winsten
from pipeline.its.reml_ar1 import reml_ar1
from pipeline.its.sample import Sample

Estimator = Callable[[Sample], Estimate]

GAUSSIAN: Mapping[str, Estimator] = {
    "reml-ar1": reml_ar1,
    "ols": ordinary,
    "newey-west": newey_west,
    "prais-winsten": prais_winsten,
}

PLANNED = (
    "averaged-ar1",
    "averaged-ar2",
    "arima",
    "quasi-poisson",
    "negative-binomial",
    "poisson",
    "binomial",
    "structural",
    "synthetic-control",
)
"""Named in the methods, and not built yet."""

AUTO_REASON = (
    "Generalised least squares with first-order autoregressive errors (REML) is the estimate that "
    "reviewers know for a continuous outcome, and allows for successive values being alike."
)


@dataclass(frozen=True)
class Choice:
    """An estimator's name, the function, and one sentence on why it was taken."""

    model: str
    estimator: Estimator
    reason: str


def choose(model: str) -> Choice:
    """Gives the estimator called `model`; for `auto`, `reml-ar1`.

    Raises `AnalysisError` for a name that isn't known, or isn't built yet.
    """
    if model == "auto":
        return Choice("reml-ar1", GAUSSIAN["reml-ar1"], AUTO_REASON)
    if model in GAUSSIAN:
        return Choice(model, GAUSSIAN[model], f"The model {model} was asked for by name.")
    available = ", ".join(["auto", *GAUSSIAN])
    if model in PLANNED:
        raise AnalysisError(f"model '{model}' is not built yet; choose one of {available}.")
    near = get_close_matches(str(model), ["auto", *GAUSSIAN, *PLANNED], n=1, cutoff=0.4)
    hint = f"did you mean '{near[0]}'? Available" if near else "available"
    raise AnalysisError(f"model {model!r} is not known; {hint}: {available}.")


def refuse_unused(model: str, given: Mapping[str, object]) -> None:
    """Raises `AnalysisError` for the first of the `given` options, by name, that `model` has no use for."""
    uses = {"newey-west": {"lag"}}.get(model, set())
    owners = {
        "denominator": "a model of counts or proportions",
        "order": "arima",
        "seasonal_order": "arima",
        "lag": "newey-west",
    }
    for name, value in given.items():
        if value is not None and name not in uses:
            raise AnalysisError(
                f"{name} was given, and {model} has no use for it ({name} belongs to {owners[name]}); leave "
                "it out or choose another model."
            )
