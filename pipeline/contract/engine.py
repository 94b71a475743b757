"""Great Expectations: rules as a suite, run in an ephemeral context over one table of values.

Its results carry row values even when asked not to: only counts and row numbers leave this module.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Expected:
    """One expectation and its arguments (the column among them)."""

    type: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What came of one expectation: whether it holds, what breaks it, and what was seen of the whole.

    `rows` are the index values of the rows that break it, in order. `observed` is a count or None.
    """

    holds: bool
    count: int
    rows: tuple[int, ...]
    observed: int | None = None
    could_run: bool = True


def run(frame: pd.DataFrame, expected: Sequence[Expected]) -> list[Outcome]:
    """Gives what comes of each expectation on the rows of `frame`."""
    if not expected:
        return []
    gx = _load()
    context = gx.get_context(mode="ephemeral")
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.registry import get_expectation_impl

    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    expectations = [
        get_expectation_impl(each.type)(**each.arguments, meta={"place": place})
        for place, each in enumerate(expected)
    ]
    # The suite's own `add` methods replace rules that share a column; its constructor keeps them all.
    suite = gx.ExpectationSuite(name="contract", expectations=expectations)
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": frame})
    validated = batch.validate(suite, result_format={"result_format": "COMPLETE"})
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
    found = result.result
    could_run = not (result.exception_info or {}).get("raised_exception") and not any(
        isinstance(info, dict) and info.get("raised_exception")
        for info in (result.exception_info or {}).values()
    )
    rows = tuple(sorted(int(row) for row in found.get("unexpected_index_list") or []))
    seen = found.get("observed_value")
    return Outcome(
        holds=bool(result.success),
        count=int(found.get("unexpected_count") or 0),
        rows=rows,
        observed=int(seen)
        if result.expectation_config.type == "expect_table_row_count_to_be_between"
        else None,
        could_run=could_run,
    )
