"""Disclosure control: which numbers may be shown, and as what. Pure functions; the rule is the plan's.

Counts of people below a minimum are not shown, other counts are rounded, and rates and means follow what they
are made of. Models are fitted on true values; what they find is told to few digits. docs/disclosure.md says
why, and what this can't do. Sources: Griffiths et al. (2019), Handbook on Statistical Disclosure Control for
Outputs; NHS Digital, Disclosure control methodology for Hospital Episode Statistics.
"""

from __future__ import annotations

import math
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from pipeline.plan import MINIMUM, ROUND_TO, Disclosure

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from pipeline.plan import Measure

__all__ = [
    "FEWEST_UNKNOWN",
    "LEAST_DEGREES_OF_FREEDOM",
    "MINIMUM",
    "ROUND_TO",
    "SIGNIFICANT_DIGITS",
    "coarse",
    "coarse_svg",
    "coarse_text",
    "hidden_parts",
    "is_small",
    "may_leave",
    "rounded",
    "shown_parts",
    "shown_series",
    "small_cells",
    "unknown",
]

SIGNIFICANT_DIGITS = 4
"""Digits of what is worked out from true values: with all of them, sums could be solved for the counts."""
LEAST_DEGREES_OF_FREEDOM = 10
"""Fewest points to spare for which a model's terms are safe to show (Griffiths et al. 2019, regressions)."""
FEWEST_UNKNOWN = 5
"""The fewest values, hidden or rounded, whose mean is shown if one is hidden: of fewer it could be had."""
STAYS = ("data/raw", "results/_data", "results/*/series", "scratch", ".dvc")
"""Where true values are: nothing in these places may be handed on."""
DECIMAL = re.compile(r"(?<![\w.#])(\d[\d,]*\.\d+)((?:[eE][-+]?\d+)?)(?!\w|\.\d)")
"""A decimal number in text; not a version, and not a part of a name."""
PLACED = re.compile(r'\b(?:d|x|y|x1|x2|y1|y2|points)="[^"]*"|\b(?:translate|rotate)\([^)]*\)')
COORDINATE = re.compile(r"-?\d+\.\d+")


def is_small(counts: ArrayLike, rule: Disclosure) -> NDArray[np.bool_]:
    """True for each count that is too small to show: more than none, and fewer than the minimum.

    >>> is_small([0, 1, 4, 5], Disclosure())
    array([False,  True,  True, False])
    """
    import numpy as np

    values = np.asarray(counts, dtype=float)
    return np.asarray((values > 0) & (values < rule.minimum))


def rounded(counts: ArrayLike, rule: Disclosure) -> NDArray[np.float64]:
    """Gives counts to the nearest multiple of `round_to`, NaN for those too small to show.

    >>> rounded([0, 4, 6, 8, 97], Disclosure())
    array([ 0., nan,  5., 10., 95.])
    """
    import numpy as np

    values = np.asarray(counts, dtype=float)
    nearest = np.floor(values / rule.round_to + 0.5) * rule.round_to
    return np.where(is_small(values, rule), np.nan, nearest)


def small_cells(data: pd.DataFrame, measure: Measure, rule: Disclosure) -> NDArray[np.bool_]:
    """True for each period of a series (of `series.read`) that may not be shown: a count in it is too small.

    Of a proportion the rest counts too: 98 of 100 tells of two. Of a value, or of a mean of rows, no count is
    known, and nothing is hidden.
    """
    import numpy as np

    hidden = np.zeros(len(data), dtype=bool)
    if measure.kind == "count":
        hidden |= is_small(data["value"], rule)
    for name in ("numerator", "denominator", "n"):
        if name in data:
            hidden |= is_small(data[name], rule)
    if measure.kind == "proportion":
        hidden |= is_small(data["denominator"] - data["numerator"], rule)
    return hidden


def shown_series(
    data: pd.DataFrame, measure: Measure, rule: Disclosure, hidden: NDArray[np.bool_] | None = None
) -> pd.DataFrame:
    """Gives a series as it may be shown: the same rows and columns, what is hidden missing, the rest rounded.

    `hidden` are further periods to hide, shape (n,).
    """
    import numpy as np

    shown, small = data.copy(), small_cells(data, measure, rule)
    small = small if hidden is None else small | hidden
    for name in ("numerator", "denominator", "n", *(["value"] if measure.kind == "count" else [])):
        if name in shown:
            shown[name] = rounded(shown[name], rule)
    if measure.is_ratio:
        below = shown["denominator"].where(shown["denominator"] > 0)
        shown["value"] = shown["numerator"] / below * measure.unit
    told = [name for name in ("value", "numerator", "denominator", "sd", "n") if name in shown]
    shown.loc[small, told] = np.nan
    return shown


def unknown(
    data: pd.DataFrame, measure: Measure, rule: Disclosure, safe: pd.DataFrame | None = None
) -> NDArray[np.bool_]:
    """True for each period whose value a reader of the shown series can't know: it is hidden, or rounded.

    Nought is shown as what it is, and so are means of cases, and every count where nothing is rounded. A
    centre line or a fitted line tells sums, from which what is hidden could be worked out where too little
    else is unknown. `safe`: the series as it may be shown, where more is to be hidden than what is small.
    """
    shown = (shown_series(data, measure, rule) if safe is None else safe)["value"]
    is_exact = shown.notna() & ((shown == 0) | (rule.round_to == 1) | ("n" in data))
    return (data["value"].notna() & ~is_exact).to_numpy(dtype=bool)


def hidden_parts(
    parts: Mapping[str, pd.DataFrame], measure: Measure, rule: Disclosure
) -> dict[str, NDArray[np.bool_]]:
    """Gives the periods of each site or stratum, by name, that may not be shown beside all of them together.

    Where just one of them is hidden in a period, it could be had from the whole less the others: the next
    smallest, that has any, is hidden too. All series must have the same periods.
    """
    import numpy as np

    if not parts:
        return {}
    names = list(parts)
    small = np.array([small_cells(parts[name], measure, rule) for name in names])
    first = parts[names[0]]
    counted = "numerator" if measure.is_ratio else "n" if "n" in first else "value"
    counts = np.array([parts[name][counted].to_numpy(dtype=float) for name in names])
    others = np.where(small | ~(counts > 0), np.inf, counts)
    for period in np.flatnonzero(small.sum(axis=0) == 1):
        next_smallest = int(np.argmin(others[:, period]))
        if np.isfinite(others[next_smallest, period]):
            small[next_smallest, period] = True
    return dict(zip(names, small, strict=True))


def shown_parts(
    parts: Mapping[str, pd.DataFrame], measure: Measure, rule: Disclosure
) -> dict[str, pd.DataFrame]:
    """Gives the series of sites or strata, by name, as they may be shown beside that of all of them."""
    hidden = hidden_parts(parts, measure, rule)
    return {name: shown_series(data, measure, rule, hidden[name]) for name, data in parts.items()}


def coarse(value: Any) -> Any:
    """Gives plain values for JSON with their decimal numbers to four significant digits.

    >>> coarse({"estimate": -12.34567, "n": 123456, "text": "it rose by 12.34567"})
    {'estimate': -12.35, 'n': 123456, 'text': 'it rose by 12.35'}
    """
    if isinstance(value, dict):
        return {key: coarse(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [coarse(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    return coarse_text(value) if isinstance(value, str) else value


def coarse_text(text: str) -> str:
    """Gives text with its decimal numbers to four significant digits; whole ones stay, and so do names.

    >>> coarse_text("From 1,234.567 to 0.00123456 (v1.2.3).")
    'From 1,235 to 0.001235 (v1.2.3).'
    """

    return DECIMAL.sub(_told, text)


def _told(found: re.Match[str]) -> str:
    """A decimal number to four significant digits, with no more decimals than it had."""
    digits, power = found.groups()
    number = float(f"{float(digits.replace(',', '') + power):.{SIGNIFICANT_DIGITS}g}")
    if power or not number:
        return f"{number:g}" if power else digits
    needed = SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(number))
    places = min(len(digits.partition(".")[2]), max(0, needed))
    return f"{number:{',' if ',' in digits else ''}.{places}f}"


def coarse_svg(text: str) -> str:
    """Gives a drawing with its coordinates to a tenth of a point, which the eye can't tell apart.

    >>> coarse_svg('<use x="12.3456" y="7"/><text>0.25</text>')
    '<use x="12.3" y="7"/><text>0.25</text>'
    """
    return PLACED.sub(lambda found: COORDINATE.sub(_to_a_tenth, found[0]), text)


def _to_a_tenth(found: re.Match[str]) -> str:
    return f"{float(found[0]):.1f}".replace("-0.0", "0.0")


def may_leave(place: str) -> bool:
    """True if a file of the repository, by its path from the root, holds nothing but what may be shown.

    >>> may_leave("results/falls/its/its.json"), may_leave("results/falls/series/falls.parquet")
    (True, False)
    """
    path = PurePosixPath(place)
    return not any(PurePosixPath(*path.parts[: len(PurePosixPath(kept).parts)]).match(kept) for kept in STAYS)
