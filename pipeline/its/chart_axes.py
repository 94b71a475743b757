"""Where values and times lie on a chart: the rule for the vertical origin, and ticks for dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.its.inference import FloatArray

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NOT_FROM_ZERO = "The vertical axis does not start at zero."
BAND_CUT = "The shaded band goes beyond the chart."

STEPS = [1, 2, 2.5, 5, 10]
"""Ticks are these, times a power of ten."""

YEARS, MONTHS, DAYS = (1, 2, 5, 10, 20, 50, 100), (1, 2, 3, 6), (1, 2, 7, 14)
"""How far apart ticks on dates may be."""

ROOM_FOR_BAND = 1.0
"""How far past the points and lines the axis may stretch for the band, as a share of their range."""


def axis_floor(low: float, high: float) -> float:
    """Gives where the vertical axis starts for points between `low` and `high`.

    At zero, unless the points' range is less than half of their maximum, or some are negative: then at the
    round number below them.

    >>> axis_floor(3, 10)
    0.0
    >>> axis_floor(1080, 1900)
    1000.0
    """
    from matplotlib.ticker import MaxNLocator

    if low >= 0 and high - low >= high / 2:
        return 0.0
    return float(MaxNLocator(nbins=6, steps=STEPS).tick_values(low, high)[0])


def place_values(axes: Axes, points: FloatArray, series: pd.DataFrame) -> list[str]:
    """Sets the vertical axis so that points, lines and band are seen; gives the notes that it calls for."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    lines = series[["fitted_trend", "expected_trend"]].to_numpy(dtype=float)
    band = series[["expected_trend_lower", "expected_trend_upper"]].to_numpy(dtype=float)
    drawn = np.concatenate([points, lines.ravel()])
    low, high = float(np.nanmin(drawn)), float(np.nanmax(drawn))
    room = ROOM_FOR_BAND * (high - low)
    band_low, band_high = float(np.nanmin(band)), float(np.nanmax(band))
    bottom = axis_floor(float(np.nanmin(points)), float(np.nanmax(points)))
    top = min(max(high, band_high), high + room)
    # A band below zero is no reason to show values that the measure never takes.
    shown_low = max(min(low, band_low), low - room, 0.0 if low >= 0 else -np.inf)
    ticks = MaxNLocator(nbins=6, steps=STEPS).tick_values(bottom if shown_low >= bottom else shown_low, top)
    bottom = float(ticks[0])
    axes.set_ylim(bottom, top + 0.04 * (top - bottom))
    axes.set_yticks([tick for tick in ticks if tick <= top + 0.04 * (top - bottom)])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", "−")))
    notes = [NOT_FROM_ZERO] if bottom > 0 else []
    return [*notes, BAND_CUT] if band_low < bottom or band_high > top else notes


def place_x(time: FloatArray, dates: pd.DatetimeIndex | pd.PeriodIndex | None) -> FloatArray:
    """Gives each period's horizontal place, shape (n,): its day number, or its time if there are no dates."""
    if dates is None:
        return time
    return _days(_starts(dates))


def x_axis(axes: Axes, x: FloatArray, dates: pd.DatetimeIndex | pd.PeriodIndex | None, narrow: bool) -> None:
    """Sets the horizontal axis's limits and ticks: years, months or days, as the span of dates calls for."""
    step = float(np.median(np.diff(x)))
    margin = max(0.6 * step, 0.012 * (x[-1] - x[0]))
    axes.set_xlim(x[0] - margin, x[-1] + margin)
    if dates is None:
        from matplotlib.ticker import MaxNLocator

        axes.xaxis.set_major_locator(MaxNLocator(nbins=4 if narrow else 8, integer=True))
        return
    ticks = _date_ticks(_starts(dates), 5 if narrow else 9)
    axes.set_xticks(_days(ticks), tick_labels(list(ticks)))


def tick_labels(ticks: list[pd.Timestamp]) -> list[str]:
    """Gives a label for each tick: years alone if all are New Years, else months or days, the year below."""
    if all((tick.month, tick.day) == (1, 1) for tick in ticks):
        return [f"{tick.year}" for tick in ticks]
    monthly = all(tick.day == 1 for tick in ticks)
    years = [index == 0 or tick.year != ticks[index - 1].year for index, tick in enumerate(ticks)]
    return [
        ("" if monthly else f"{tick.day} ") + f"{tick:%b}" + (f"\n{tick.year}" if new else "")
        for tick, new in zip(ticks, years, strict=True)
    ]


def _starts(dates: pd.DatetimeIndex | pd.PeriodIndex) -> pd.DatetimeIndex:
    import pandas as pd

    return dates.to_timestamp() if isinstance(dates, pd.PeriodIndex) else dates


def _days(dates: pd.DatetimeIndex) -> FloatArray:
    """Days since 1970, matplotlib's own scale of dates."""
    return dates.to_numpy(dtype="datetime64[ns]").astype(np.float64) / (24 * 3600 * 1e9)


def _date_ticks(starts: pd.DatetimeIndex, most: int) -> pd.DatetimeIndex:
    """At most `most` New Years, starts of months, or days: the first of these that gives three or more."""
    import pandas as pd

    for steps, frequency in ((YEARS, "YS"), (MONTHS, "MS"), (DAYS, "D")):
        whole = pd.date_range(starts[0].normalize(), starts[-1], freq=frequency)
        counted = {"YS": whole.year, "MS": whole.month - 1, "D": np.arange(len(whole))}[frequency]
        for step in steps:
            ticks: pd.DatetimeIndex = whole[np.asarray(counted) % step == 0]
            if 3 <= len(ticks) <= most:
                return ticks
    return starts[:: max(1, -(-len(starts) // most))]
