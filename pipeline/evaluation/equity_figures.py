"""The pictures of a measure's groups, saved for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pipeline import figures
from pipeline.evaluation import shown
from pipeline.evaluation.bench import Bench, axis_label, unit_in_words
from pipeline.evaluation.equity import Found, asked
from pipeline.plan import Measure, mid_sentence, season_of

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.equity import Inequality


def save(bench: Bench, measure: Measure, found: Found) -> dict[str, figures.Picture]:
    """Saves the pictures of a measure's groups as equity-<what>-<measure>, and gives them by what they show.

    groups: series against what was expected, side by side; charts: their control charts; for ordered groups
    gap: the size of the slope index over time; sides: the index before and after.
    """
    made = {
        "groups": _save_groups(bench, measure, found),
        "charts": _save_charts(bench, measure, found),
    }
    if found.slope is not None and found.sides is not None:
        made["gap"] = _save_gap(bench, measure, found)
        made["sides"] = _save_sides(bench, measure, found.sides)
    return made


def _periods(found: Found) -> pd.DatetimeIndex:
    return cast("pd.DatetimeIndex", next(iter(found.groups.values())).index)


def _withheld(bench: Bench, found: Found) -> tuple[dict[str, tuple[int, ...]], str]:
    """The positions of each group's values that may not be shown, and what is written under the chart."""
    places = {
        name: shown.withheld(bench.plan, data["value"], found.charts[name].points["value"])
        for name, data in found.groups.items()
    }
    return places, shown.HATCHED if any(places.values()) else ""


def _spoken(withheld: dict[str, tuple[int, ...]]) -> str:
    return shown.spoken_of(sum(len(places) for places in withheld.values()))


def _save_groups(bench: Bench, measure: Measure, found: Found) -> figures.Picture:
    from pipeline.equity import plots

    withheld, note = _withheld(bench, found)
    draw = plots.groups(
        found.fits,
        label=axis_label(bench.plan, measure),
        change=mid_sentence(bench.plan.intervention.label),
        dates=_periods(found),
        withheld=withheld,
        note=note,
    )
    size = plots.groups_size(len(found.fits))
    told = plots.groups_alt(found.fits, measure.label, unit_in_words(measure))
    alt = f"{told} {_spoken(withheld)}".rstrip()
    return figures.save(draw, bench.folder, f"equity-groups-{measure.id}", alt, size)


def _save_charts(bench: Bench, measure: Measure, found: Found) -> figures.Picture:
    from pipeline.spc.multiples import small_multiples, small_multiples_size

    periods, change = _periods(found), bench.plan.intervention
    start = periods[next(iter(found.fits.values())).start]
    withheld, note = _withheld(bench, found)
    draw = small_multiples(
        found.charts,
        list(periods),
        axis_label(bench.plan, measure),
        [(start, change.label)],
        note=note,
        withheld=withheld,
    )
    variation = "; ".join(
        f"{name}: {chart.variation.replace('-', ' ')}" for name, chart in found.charts.items()
    )
    alt = f"Control charts of {measure.label}, one a group. Latest variation by group: {variation}."
    alt = f"{alt} {_spoken(withheld)}".rstrip()
    return figures.save(
        draw, bench.folder, f"equity-charts-{measure.id}", alt, small_multiples_size(len(found.charts))
    )


def _save_gap(bench: Bench, measure: Measure, found: Found) -> figures.Picture:
    from pipeline.its import plots

    # A period in which any group's value may not be shown has no gap to show either.
    hidden = sorted({place for places in _withheld(bench, found)[0].values() for place in places})
    gap = found.slope
    assert gap is not None
    label = f"{measure.label}: the slope index between the {' and the '.join(asked(bench.plan).ends)}"
    draw = plots.counterfactual(
        gap.fit,
        label=label,
        unit=unit_in_words(measure).capitalize(),
        dates=_periods(found),
        interventions=[
            plots.Mark(each.label, placed.start)
            for each, placed in zip(bench.plan.interventions, gap.fit.interventions, strict=True)
        ],
        names={**bench.names, "season": season_of(bench.plan.data.period.every)},
        fitted_label="The gap (trend)",
        note=shown.HATCHED if hidden else "",
        withheld=hidden,
    )
    alt = f"Scatter chart over time of the size of the gap in {mid_sentence(measure.label)}. {gap.sentence}"
    alt = f"{alt} {shown.spoken_of(len(hidden))}".rstrip()
    return figures.save(draw, bench.folder, f"equity-gap-{measure.id}", alt)


def _save_sides(bench: Bench, measure: Measure, sides: tuple[Inequality, Inequality]) -> figures.Picture:
    from pipeline.its.forest_plot import ForestRow, forest, forest_alt, size_of
    from pipeline.its.interval import Interval

    ends = asked(bench.plan).ends
    rows = [
        ForestRow(name, Interval.of(found.slope))
        for name, found in zip(("Before", "After"), sides, strict=True)
    ]
    draw = forest(
        rows,
        label=f"{measure.label}: from the {ends[0]} to the {ends[1]}",
        what="Slope index",
        unit=unit_in_words(measure),
        lower_is=f"Higher among the {ends[0]}",
        higher_is=f"Higher among the {ends[1]}",
    )
    said = "; ".join(f"{row.name}: {row.interval.spoken(unit_in_words(measure))}" for row in rows)
    alt = forest_alt(rows, f"the slope index of {mid_sentence(measure.label)}", f"{said}.")
    return figures.save(draw, bench.folder, f"equity-sides-{measure.id}", alt, size_of(rows))
