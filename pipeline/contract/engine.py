"""Great Expectations: rules as a suite, run in an ephemeral context over one table of values.

Its results carry row values even when asked not to: only counts and row numbers leave this module.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd


Source = Literal["pandas", "spark"]


@dataclass(frozen=True)
class Expected:
    """One expectation, its arguments (the column among them), and whether rows are counted where it holds."""

    type: str
    arguments: dict[str, Any]
    is_counted: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of one expectation: whether it holds, how many rows break it, and which (by the index)."""

    holds: bool
    count: int = 0
    rows: tuple[int, ...] = ()
    could_run: bool = True


def run(frame: pd.DataFrame | Any, expected: Sequence[Expected], source: Source = "pandas") -> list[Outcome]:
    """Gives what comes of each expectation on the rows of `frame`, which is a table of `source`.

    First whether each holds, which is quick; then which rows break those that don't. Rows are numbered by the
    index of pandas; Spark's tables have none, and their outcomes only counts.
    """
    if not expected:
        return []
    batch = _batch(frame, source)
    if source == "spark":
        return _validated(batch, expected, "SUMMARY")
    asked = [place for place, each in enumerate(expected) if not each.is_counted]
    found = dict(
        zip(asked, _validated(batch, [expected[place] for place in asked], "BOOLEAN_ONLY"), strict=True)
    )
    again = [place for place in range(len(expected)) if place not in found or not found[place].holds]
    found |= zip(again, _validated(batch, [expected[place] for place in again], "COMPLETE"), strict=True)
    return [found[place] for place in range(len(expected))]


def _batch(frame: pd.DataFrame | Any, source: Source) -> Any:
    """The rows as Great Expectations holds them, in a context that leaves nothing behind."""
    context = _load().get_context(mode="ephemeral")
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    sources = {"pandas": context.data_sources.add_pandas, "spark": context.data_sources.add_spark}
    asset = sources[source]("rows").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": frame})


def _validated(batch: Any, expected: Sequence[Expected], detail: str) -> list[Outcome]:
    """What comes of each expectation, in as much detail as is asked for."""
    if not expected:
        return []
    gx = _load()
    from great_expectations.expectations.registry import get_expectation_impl

    expectations = [
        get_expectation_impl(each.type)(**each.arguments, meta={"place": place})
        for place, each in enumerate(expected)
    ]
    # The suite's own `add` methods replace rules that share a column; its constructor keeps them all.
    suite = gx.ExpectationSuite(name="contract", expectations=expectations)
    with warnings.catch_warnings():
        # pandas warns of patterns with groups; they are as good as others.
        warnings.filterwarnings("ignore", message="This pattern is interpreted as a regular expression")
        validated = batch.validate(suite, result_format={"result_format": detail})
    by_place = {int(each.expectation_config.meta["place"]): each for each in validated.results}
    return [_outcome(by_place[place]) for place in range(len(expected))]


def refusal(kind: str, arguments: dict[str, Any]) -> str | None:
    """Says what Great Expectations has against an expectation or its arguments; None if nothing."""
    _load()
    from great_expectations.exceptions.exceptions import ExpectationNotFoundError
    from great_expectations.expectations.registry import (
        get_expectation_impl,
        list_registered_expectation_implementations,
    )

    from pipeline import marked_yaml

    try:
        made = get_expectation_impl(kind)
    except ExpectationNotFoundError:
        known = list_registered_expectation_implementations()
        return f"Great Expectations has no {kind}{marked_yaml.nearest(kind, known) or '; mend its name'}"
    try:
        made(**arguments)
    except (ValueError, TypeError) as problem:
        errors = problem.errors() if hasattr(problem, "errors") else []
        said = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}".removeprefix("__root__: ") for e in errors[:1]
        )
        return f"{kind} can't take its kwargs ({said or type(problem).__name__}); mend them"
    return None


def _load() -> Any:
    # Great Expectations reads this when it is imported; health data stay where they are.
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    import great_expectations as gx

    return gx


def _outcome(result: Any) -> Outcome:
    raised = result.exception_info or {}
    # One expectation that could not be run has its exception as such, or one for each metric that it needs.
    failed = any(
        info.get("raised_exception") for info in (raised, *raised.values()) if isinstance(info, dict)
    )
    found = result.result or {}
    return Outcome(
        holds=bool(result.success),
        count=int(found.get("unexpected_count") or 0),
        rows=tuple(sorted(int(row) for row in found.get("unexpected_index_list") or [])),
        could_run=not failed,
    )
