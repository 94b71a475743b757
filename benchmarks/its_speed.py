"""How long thousands of interrupted time series take: the batch fit beside a loop over the single fit.

python -m benchmarks.its_speed --series 2000
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from benchmarks.coverage import errors
from pipeline import its

LOOPED = 50
"""Series in the loop, from which its time for all is had."""


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--series", type=int, default=2000)
    given = parser.parse_args()
    its.fit(errors(1, 24, 0.4, np.random.default_rng(0))[0] + 10, 12)  # imports, once
    print(f"Milliseconds a series, of {given.series} ({LOOPED} in the loop).\n")
    print("| n | model | loop over fit | fit_many | times | fit_many, summary |")
    print("|---|---|---|---|---|---|")
    for n in (24, 48, 120):
        y = 50 + errors(given.series, n, 0.4, np.random.default_rng(n))
        for model in ("reml-ar1", "averaged-ar1"):
            loop = _seconds(lambda y=y, n=n, model=model: [its.fit(row, n // 2, model) for row in y[:LOOPED]])
            many = _seconds(lambda y=y, n=n, model=model: its.fit_many(y, n // 2, model))
            brief = _seconds(lambda y=y, n=n, model=model: its.fit_many(y, n // 2, model, effects="summary"))
            each, all_, few = 1e3 * loop / LOOPED, 1e3 * many / len(y), 1e3 * brief / len(y)
            print(f"| {n} | {model} | {each:.2f} | {all_:.3f} | {each / all_:.0f} | {few:.3f} |", flush=True)


def _seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
