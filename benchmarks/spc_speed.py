"""How many control charts a second: `chart_many` beside a loop over `chart`, on one core.

Run it as `python -m benchmarks.spc_speed` from the root of the repository; a row for each kind and rule set.
Nothing here uses more than one core.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from pipeline import spc

SERIES, POINTS, LOOPED, REPEATS = 20_000, 60, 200, 5
WANTED = 20_000
"""XmR charts of 60 points with the NHS's rules that must be made a second."""


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Gives the time of the fastest of some runs, which other work on the machine disturbed least."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def cases() -> list[tuple[str, str, Any, Any, dict[str, Any]]]:
    """Gives what is charted: kind, rules, values, denominators and other options."""
    random = np.random.default_rng(20_240)
    values = random.normal(50, 5, (SERIES, POINTS))
    with_gaps = np.where(random.random(values.shape) < 0.05, np.nan, values)
    n = random.integers(200, 400, values.shape).astype(float)
    counts = random.binomial(n.astype(int), 0.2).astype(float)
    return [
        ("xmr", "making-data-count", values, None, {}),
        ("xmr", "making-data-count", with_gaps, None, {}),
        ("xmr", "making-data-count", values, None, {"baseline": 24, "rebase": (30,)}),
        ("xmr", "nelson", values, None, {}),
        ("run", "anhoej", values, None, {}),
        ("p", "making-data-count", counts, n, {}),
        ("p'", "making-data-count", counts, n, {}),
    ]


def main() -> int:
    """Prints the table, and gives 1 if the first row is slower than wanted."""
    print(f"{SERIES:,} series of {POINTS} points, one core; the loop is over {LOOPED} of them\n")
    print(f"{'kind':<6}{'rules':<20}{'':<16}{'chart_many':>14}{'loop':>10}{'times':>8}")
    print(f"{'':<42}{'charts/s':>14}{'charts/s':>10}")
    reached = []
    for kind, rules, y, n, options in cases():
        what = ", ".join(options) or ("5% missing" if np.isnan(y).any() else "")

        def many(
            y: Any = y, n: Any = n, kind: str = kind, rules: str = rules, options: Any = options
        ) -> object:
            return spc.chart_many(y, kind=kind, n=n, rules=rules, better="lower", target=45.0, **options)

        def loop(
            y: Any = y, n: Any = n, kind: str = kind, rules: str = rules, options: Any = options
        ) -> None:
            for row in range(LOOPED):
                sizes = None if n is None else n[row]
                spc.chart(y[row], kind=kind, n=sizes, rules=rules, better="lower", target=45.0, **options)

        many_rate, loop_rate = SERIES / seconds(many), LOOPED / seconds(loop, repeats=2)
        reached.append(many_rate)
        rates = f"{many_rate:>14,.0f}{loop_rate:>10,.0f}{many_rate / loop_rate:>8.0f}"
        print(f"{kind:<6}{rules:<20}{what:<16.16}{rates}")
    print(f"\nwanted: {WANTED:,} a second in the first row; reached: {reached[0]:,.0f}")
    return 0 if reached[0] >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
