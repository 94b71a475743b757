"""A network before and after a change: what it was like, what moved, and whether more so at some sites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from pipeline.its.interval import Interval
from pipeline.network import permutation
from pipeline.network.bootstrap import bootstrap, interval
from pipeline.network.measures import LABELS, MEASURES, Measure, Shape, shape, shares
from pipeline.network.permutation import by_site
from pipeline.network.ties import Network, in_both

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["rose", "fell", "may have risen", "may have fallen", "no clear change"]
LEVEL = 0.05
SIDES = ("before", "after", "change")
INDEX: Measure = "outward"
"""The measure that is an index from −1 to 1, and no share."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What became of a network.

    `before` and `after` are the networks of the people in both waves, and `left_out` how many were in one
    only. `table`: a row a measure; columns before, after and change, each with _lower and _upper (95%, vertex
    bootstrap), p_value (exchanging the waves pair by pair), and verdict. `by_group`, or None without a group:
    a row a measure; columns group and others (the mean change over their sites), difference, p_value
    (shuffling sites). `sites`: each site's change, a column a measure.
    """

    before: Network
    after: Network
    left_out: int
    table: pd.DataFrame
    shapes: tuple[Shape, Shape]
    sites: pd.DataFrame
    by_group: pd.DataFrame | None


def compare(before: Network, after: Network, seed: int, group: Iterable[str] = ()) -> Comparison:
    """Gives what became of a network, among the people in both waves; `group` names sites to set apart.

    Intervals and tests are by resampling from `seed`, and give the same on every run. Raises AnalysisError
    where the waves can't be compared, or the group is of all sites or none.
    """
    import pandas as pd

    people = set(before.people) | set(after.people)
    first, second = in_both(before, after)
    chosen = set(group)
    sites = pd.DataFrame({name: by_site(first, second, name) for name in MEASURES})
    return Comparison(
        before=first,
        after=second,
        left_out=len(people) - len(first.people),
        table=_table(first, second, seed),
        shapes=(shape(first), shape(second)),
        sites=sites,
        by_group=_by_group(sites, chosen, seed) if chosen else None,
    )


def _table(before: Network, after: Network, seed: int) -> pd.DataFrame:
    import pandas as pd

    seen = [shares(before), shares(after)]
    drawn = bootstrap([before, after], seed)
    tested = permutation.change(before, after, seed)
    rows = {}
    for name in MEASURES:
        one, other = (interval(at[name], draws[name]) for at, draws in zip(seen, drawn, strict=True))
        moved = interval(tested[name].difference, drawn[1][name] - drawn[0][name])
        row: dict[str, float] = {}
        for side, found in zip(SIDES, (one, other, moved), strict=True):
            row |= {side: found.estimate, f"{side}_lower": found.lower, f"{side}_upper": found.upper}
        p_value = tested[name].p_value
        rows[name] = {**row, "p_value": p_value, "verdict": judge(moved, p_value)}
    return pd.DataFrame.from_dict(rows, orient="index")


def judge(change: Interval, p_value: float) -> Verdict:
    """Gives what a change's interval and its test bear.

    The vertex bootstrap's intervals are wide: they allow for people being more or less open to ties, from
    one wave to the other. The test holds its level where only pairs vary. What both show, rose or fell; what
    the test alone shows, may have.

    >>> judge(Interval(0.2, 0.1, 0.3), 0.001), judge(Interval(-0.1, -0.3, 0.1), 0.01)
    ('rose', 'may have fallen')
    """
    if not p_value <= LEVEL:
        return "no clear change"
    if change.estimate > 0:
        return "rose" if change.is_clear else "may have risen"
    return "fell" if change.is_clear else "may have fallen"


def _by_group(sites: pd.DataFrame, group: set[str], seed: int) -> pd.DataFrame:
    import pandas as pd

    inside = np.array([site in group for site in sites.index])
    rows = {}
    for name in MEASURES:
        values = sites[name].to_numpy(dtype=float)
        tested = permutation.between_groups(values.tolist(), inside.tolist(), seed)
        rows[name] = {
            "group": float(np.nanmean(values[inside])),
            "others": float(np.nanmean(values[~inside])),
            "difference": tested.difference,
            "p_value": tested.p_value,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def sentence(found: Comparison, name: Measure) -> str:
    """Gives what became of one measure in words, with the interval of its change: of a share, in points."""
    row = found.table.loc[name].to_dict()
    before, after = (spoken(float(row[side]), name) for side in ("before", "after"))
    low, high = (spoken(float(row[f"change_{end}"]), name).rstrip("%") for end in ("lower", "upper"))
    unit = "" if name == INDEX else " percentage points"
    return (
        f"{LABELS[name]}: {row['verdict']}, from {before} to {after} (95% interval of the change: {low} to "
        f"{high}{unit})."
    )


def spoken(value: float, name: Measure) -> str:
    """Gives a measure's value as readers see it: a percentage, or the index with two decimals.

    >>> spoken(0.277, "reciprocity"), spoken(-0.37, "outward"), spoken(-0.001, "density")
    ('28%', '−0.37', '0%')
    """
    text = f"{value:z.2f}" if name == INDEX else f"{100 * value:z.0f}%"
    return text.replace("-", "−")
