"""How often the example studies' reports hold the truth, over data made anew from other seeds.

    python -m benchmarks.studies --seeds 200

Each synthetic study's data are simulated with each seed, become series, and are analysed by the study's own
plan, as its notebooks do. Told are the primary outcome's average effect as the report leads with it (as a
share of what was expected), and what the report would say of it: how often its interval holds the truth of
that seed, and how often the report claims a change. Of *no-change*, where nothing changed, every claim is
a false one: at most one report in twenty may make it. To tell 5% from a little more takes many seeds, so
*no-change* is made five times as often.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline import plan as plans
from pipeline import project, series, simulate
from pipeline.evaluation import equity, its, panel, pooled
from pipeline.evaluation.bench import Bench
from pipeline.evaluation.effect_rows import row_of
from pipeline.plan import Plan
from pipeline.report.numbers import Numbers
from pipeline.report.wording.judgement import judged
from pipeline.report.wording.lead import lead

if TYPE_CHECKING:
    import pandas as pd

FIRST_SEED = 20_000
"""Far from the seed of the committed files, and from any that was tried in choosing it."""
MOST_FALSE, CLEARLY = 0.05, 1.645
"""The share of false claims that there may be, and by how many standard errors it is clearly more."""
MORE_OFTEN = 5
NOTHING_HAPPENED = "no-change"
HEAD = """\
| study | seeds | finding | truth | mean estimate | interval holds it | claims a change | what reports say |
|---|---|---|---|---|---|---|---|"""
GAP = "change of the gap"


@dataclass(frozen=True)
class Found:
    """What one report says of one finding: whether its interval holds the truth, its width, its judgement."""

    what: str
    estimate: float
    truth: float
    lower: float
    upper: float
    says: str

    @property
    def holds(self) -> bool:
        """True if the interval holds the truth."""
        return self.lower <= self.truth <= self.upper


def main() -> None:
    """Prints the table; ends with 1 if too many reports claim a change where there was none."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200, help="how many times each study is made anew")
    parser.add_argument("--studies", nargs="+", default=list(simulate.STUDIES), choices=simulate.STUDIES)
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side")
    given = parser.parse_args()
    began, found = time.perf_counter(), {}
    print(HEAD, flush=True)
    with ProcessPoolExecutor(given.jobs) as workers:
        for study in given.studies:
            seeds = seeds_of(study, given.seeds)
            found[study] = list(workers.map(partial(findings, study), seeds, chunksize=5))
            print("\n".join(rows(study, found[study])), flush=True)
    print(f"\nSeeds from {FIRST_SEED}, {time.perf_counter() - began:.0f} s.")
    false = [one[0].says != "unclear" for one in found.get(NOTHING_HAPPENED, [])]
    error = np.sqrt(MOST_FALSE * (1 - MOST_FALSE) / max(len(false), 1))
    if false and np.mean(false) > MOST_FALSE + CLEARLY * error:
        sys.exit(f"{NOTHING_HAPPENED}: {np.mean(false):.1%} of reports claim a change.")


def seeds_of(study: str, seeds: int) -> range:
    """Gives the seeds with which a study is made."""
    return range(FIRST_SEED, FIRST_SEED + seeds * (MORE_OFTEN if study == NOTHING_HAPPENED else 1))


def findings(study: str, seed: int) -> list[Found]:
    """Gives what the report of a study would say, were its data made with `seed`."""
    here, made = project.load(), simulate.make(study, seed)
    plan = plans.load(here, study)
    # Doubts are part of a report, and no matter of how often it is right.
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory(prefix="lasting-studies-") as name:
        folder = Path(name)
        _write_series(made.tables[study], plan, folder)
        results = _results(plan, folder)
        truth = made.truth["measures"][plan.primary.id]
        found = [_headline(plan, results, truth)]
        if plan.equity:
            found.append(_gap(plan, folder, made.truth["slope"]))
    return found


def _write_series(table: pd.DataFrame, plan: Plan, folder: Path) -> None:
    import pandas as pd

    column = plan.data.period.column
    data = folder / "data.parquet"
    table.assign(**{column: pd.to_datetime(table[column])}).to_parquet(data)
    series.write_all(data, plan, folder)


def _results(plan: Plan, folder: Path) -> dict[str, Any]:
    """The results of the primary outcome, under the names by which a report looks them up."""
    measure = plan.primary
    data = series.read(folder, measure.id)
    found = {"its": its.results_of(plan, measure, data, its.fit(plan, measure, data), "")}
    if plan.data.unit:
        each = panel.read(plan, measure, folder)
        sites = pooled.sites(each).found
        assert sites is not None
        found["pooled"] = {"lead": row_of(each, sites, sites.pooled.estimate)}
    return {name: {"measures": {measure.id: part}} for name, part in found.items()}


def _headline(plan: Plan, results: dict[str, Any], truth: dict[str, float]) -> Found:
    """The average effect that the report leads with, as a share of what was expected."""
    numbers, measure = Numbers(results), plan.primary
    row = numbers.value(lead(numbers, measure.id))
    what = "pooled effect" if "pooled" in results else "average effect"
    ends = row["relative"], truth["relative"], row["relative_lower"], row["relative_upper"]
    return Found(f"{measure.label}: {what}", *ends, judged(numbers, measure.id))


def _gap(plan: Plan, folder: Path, truth: dict[str, float]) -> Found:
    """What became of the slope index, in the measure's unit; its size falls where it narrows."""
    measure = plan.primary
    bench = Bench(plan, {}, folder, folder)
    gap = equity.analyse(plan, measure, equity.groups(bench, measure)).slope
    assert gap is not None
    change = gap.change
    return Found(
        "change of the gap",
        change.estimate,
        gap.sign * truth["absolute"],
        change.lower,
        change.upper,
        gap.verdict,
    )


def rows(study: str, reports: list[list[Found]]) -> Iterator[str]:
    """Gives the rows of the table that are of one study: one for each finding."""
    for same in zip(*reports, strict=True):
        yield f"| {study} | {len(same)} | {' | '.join(_cells(same))} |"


def _cells(same: tuple[Found, ...]) -> Iterator[str]:
    """The cells of a row: shares with their Monte Carlo standard error."""
    is_share = same[0].what != GAP
    yield same[0].what
    for values in ([one.truth for one in same], [one.estimate for one in same]):
        mean = float(np.mean(values))
        yield (f"{mean:+.1%}" if is_share else f"{mean:+.2f} points").replace("-", "−")
    yield _share([one.holds for one in same])
    yield _share([one.says not in ("unclear", "no-gap") for one in same])
    said = [one.says for one in same]
    yield ", ".join(f"{word} {said.count(word)}" for word in sorted(set(said), key=said.count, reverse=True))


def _share(claims: list[bool]) -> str:
    share = float(np.mean(claims))
    return f"{100 * share:.1f}% ± {100 * np.sqrt(share * (1 - share) / len(claims)):.1f}"


if __name__ == "__main__":
    main()
