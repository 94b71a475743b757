"""A panel's control charts: one a site or a group of people, side by side, and a funnel of the sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from pipeline import figures, results, series
from pipeline.errors import AnalysisError
from pipeline.evaluation import shown
from pipeline.evaluation.bench import Bench, axis_label, in_unit, sign
from pipeline.evaluation.shown_chart import shown_chart, with_one_more_hidden
from pipeline.evaluation.spc import chart
from pipeline.evaluation.spc_figures import marked_changes
from pipeline.plan import PERIODS_A_YEAR, Measure, Plan

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.figures import Picture
    from pipeline.spc import Chart, Funnel

MOST_DRAWN = 24
"""Charts side by side at most: those with signals in the latest phase come first."""

Part = Literal["unit", "stratum"]
NAMED = {"unit": "sites", "stratum": "groups"}


@dataclass(frozen=True, eq=False)
class Parts:
    """A measure's series by site or by group, (time,) each on the same periods, and their control charts.

    data: the series as they may be shown; lines and signals of charts are those of the true values.
    refused: those that could not be charted, each with a sentence that says why. withheld: the positions of
    values that may not be shown, by name.
    """

    by: Part
    measure: Measure
    data: Mapping[str, pd.DataFrame]
    charts: Mapping[str, Chart]
    refused: Mapping[str, str]
    withheld: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class SiteFunnel:
    """The funnel of sites over the latest year, from the period `first` to the period `last`."""

    funnel: Funnel
    first: pd.Timestamp
    last: pd.Timestamp


def parts_of(plan: Plan) -> tuple[Part, ...]:
    """Gives what the plan cuts its data into: sites, groups of people, both or neither."""
    cut: dict[Part, str | None] = {"unit": plan.data.unit, "stratum": plan.data.strata}
    return tuple(part for part, column in cut.items() if column)


def charted_by(bench: Bench, measure: Measure) -> list[Parts]:
    """Gives the control charts of a measure's sites and groups, where the plan has them."""
    found = []
    for by in parts_of(bench.plan):
        read = series.read_by_unit if by == "unit" else series.read_by_stratum
        frames = {str(name): frame for name, frame in read(bench.series, measure.id).items()}
        found.append(charts_of(bench.plan, measure, by, frames))
    return found


def charts_of(plan: Plan, measure: Measure, by: Part, data: dict[str, pd.DataFrame]) -> Parts:
    """Gives the control chart of each site or group, as the plan asks for it; phases are a site's own."""
    charts, refused = {}, {}
    safe = shown.parts(plan, measure, data)
    for name, frame in data.items():
        try:
            made = chart(plan, measure, frame, unit=name if by == "unit" else None)
        except AnalysisError as error:
            refused[name] = str(error)
        else:
            charts[name] = shown_chart(plan, measure, frame, made, safe[name])
    withheld = {
        name: shown.withheld(plan, frame["value"], safe[name]["value"]) for name, frame in data.items()
    }
    charts = charts if plan.rule is None else with_one_more_hidden(charts)
    return Parts(by, measure, safe, charts, refused, withheld)


def site_funnel(plan: Plan, parts: Parts) -> SiteFunnel | None:
    """Gives the funnel plot of the sites over the latest year, for shares and rates of two sites or more.

    A site with a period missing, or not to be shown, has no value: its year could tell of that period, and
    would be short of it. None for other measures, for groups, and where numbers can't be those of a funnel.
    """
    from pipeline import spc

    measure = parts.measure
    if parts.by != "unit" or not measure.is_ratio or len(parts.data) < 2:
        return None
    latest = PERIODS_A_YEAR[plan.data.period.every]
    sums = {}
    for name, frame in parts.data.items():
        sums[name] = frame[["numerator", "denominator"]].iloc[-latest:].sum(skipna=False)
    index = next(iter(parts.data.values())).index[-latest:]
    try:
        funnel = spc.funnel(
            [each["numerator"] for each in sums.values()],
            [each["denominator"] for each in sums.values()],
            measure="proportion" if measure.kind == "proportion" else "rate",
            labels=list(sums),
            per=measure.unit,
        )
    except AnalysisError:
        return None
    return SiteFunnel(funnel, index[0], index[-1])


def said_of_others(count: int) -> str:
    """Gives what the note says of the charts that are not drawn.

    >>> said_of_others(1), said_of_others(3)
    ('1 more is in the results, without a signal.', '3 more are in the results, without a signal.')
    """
    return f"{count} more {'is' if count == 1 else 'are'} in the results, without a signal."


def save(bench: Bench, parts: Parts, funnel: SiteFunnel | None = None) -> dict[str, Picture]:
    """Saves the charts side by side as spc-<measure>_by-<part>, the funnel as spc-<measure>_funnel."""
    from pipeline.spc import plots

    pictures: dict[str, Picture] = {}
    name = f"spc-{parts.measure.id}"
    label = axis_label(bench.plan, parts.measure)
    if parts.charts:
        side_by_side = drawn(parts)
        data = next(iter(parts.data.values()))
        changes, note = _shared_changes(bench.plan, parts, list(side_by_side))
        left_out = len(parts.charts) - len(side_by_side)
        note += f" {said_of_others(left_out)}" if left_out else ""
        note += f" {shown.HATCHED}" if any(parts.withheld[name] for name in side_by_side) else ""
        draw = plots.small_multiples(
            side_by_side,
            list(data.index),
            label,
            changes,
            note=note.strip() or None,
            withheld=parts.withheld,
        )
        pictures[parts.by] = figures.save(
            draw,
            bench.folder,
            f"{name}_by-{parts.by}",
            alt_text(parts),
            plots.small_multiples_size(len(side_by_side)),
        )
    if funnel is not None:
        size_label = "the denominator" if parts.measure.kind == "rate" else "the number of cases"
        draw = plots.funnel_plot(funnel.funnel, in_unit(parts.measure), f"{size_label}, over the latest year")
        alt = plots.funnel_alt_text(funnel.funnel, parts.measure.label)
        pictures["funnel"] = figures.save(draw, bench.folder, f"{name}_funnel", alt)
    return pictures


def drawn(parts: Parts) -> dict[str, Chart]:
    """Gives the charts that are drawn: all, or those with signals in their latest phase first."""
    if len(parts.charts) <= MOST_DRAWN:
        return dict(parts.charts)
    first = sorted(parts.charts, key=lambda name: -_signals(parts.charts[name]))[:MOST_DRAWN]
    return {name: chart for name, chart in parts.charts.items() if name in first}


def alt_text(parts: Parts) -> str:
    """Gives the text alternative of charts side by side: how many there are, and which are not as usual."""
    told = [f"Control charts side by side: {parts.measure.label}, {len(parts.charts)} {NAMED[parts.by]}."]
    for meaning in ("improving", "concerning", "neutral"):
        names = [name for name, each in parts.charts.items() if each.variation.startswith(meaning)]
        if names:
            word = {"neutral": "changed"}.get(meaning, meaning)
            told.append(f"Latest point {word}: {', '.join(names)}.")
    if len(told) == 1:
        told.append("All latest points are within usual variation.")
    told.append(shown.spoken_of(sum(len(places) for places in parts.withheld.values())))
    return " ".join(told).rstrip()


def results_of(parts: Parts, funnel: SiteFunnel | None, alts: Mapping[str, str]) -> dict[str, Any]:
    """Gives what the charts of sites or groups show as plain values: part of a measure's in spc.json."""
    from pipeline.spc.icon_table import icon_row
    from pipeline.spc.icons import icons_of

    rows = []
    for name, each in parts.charts.items():
        row = icon_row(name, each, unit=sign(parts.measure))
        icons = {what: {"name": icon.name, "alt": icon.alt} for what, icon in icons_of(each).items()}
        rows.append(
            {
                "row": name,
                "latest": row.latest,
                "centre": row.centre,
                "lower": row.lower,
                "upper": row.upper,
                "variation": row.variation,
                "phase_variation": row.phase_variation,
                "assurance": row.assurance,
                "signals_in_latest_phase": _signals(each),
                "sentence": row.sentence,
                "icons": icons,
            }
        )
    found: dict[str, Any] = {
        f"by_{parts.by}": {
            "rows": rows,
            "refused": dict(parts.refused),
            "alt": alts.get(parts.by),
            "values": _values(parts),
        }
    }
    if funnel is not None:
        found["funnel"] = {
            "first": funnel.first,
            "last": funnel.last,
            "target": funnel.funnel.target,
            "reason": funnel.funnel.reason,
            "dispersion": funnel.funnel.dispersion,
            "between": funnel.funnel.between,
            "alt": alts["funnel"],
            "points": results.table(funnel.funnel.points.rename_axis("row")),
        }
    return found


def _values(parts: Parts) -> list[dict[str, Any]]:
    """The values in the charts that are drawn, a row a period and a column a site or group."""
    import pandas as pd

    charts = drawn(parts)
    if not charts:
        return []
    periods = cast("pd.DatetimeIndex", next(iter(parts.data.values())).index)
    values = {name: each.points["value"].to_numpy() for name, each in charts.items()}
    return results.table(pd.DataFrame(values, index=periods.strftime("%Y-%m-%d")).rename_axis("row"))


def _signals(chart: Chart) -> int:
    latest = chart.points["phase"] == chart.points["phase"].iloc[-1]
    return int((latest & (chart.points["signals"].map(len) > 0)).sum())


def _shared_changes(plan: Plan, parts: Parts, names: list[str]) -> tuple[list[tuple[object, str]], str]:
    """The changes that all drawn charts have, and a note on those that some only have."""
    marked = [
        marked_changes(plan, parts.measure, parts.data[name], name if parts.by == "unit" else None)
        for name in names
    ]
    shared = [change for change in marked[0] if all(change in others for others in marked)]
    some = any(len(each) > len(shared) for each in marked)
    own = plan.spc.rebase == "at-interventions"
    return shared, "Where a site has limits of its own from a date on, its change came then." * (some and own)
