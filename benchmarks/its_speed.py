"""How long thousands of interrupted time series take: the batch fit beside a loop over the single fit.

python -m benchmarks.its_speed --series 2000
python -m benchmarks.its_speed --scale 1000 10000 100000
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from typing import Literal

import numpy as np

from benchmarks.coverage import errors
from pipeline import its

LOOPED = 50
"""Series in the loop, from which its time for all is had."""


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--series", type=int, default=2000)
    parser.add_argument("--scale", type=int, nargs="+", help="numbers of series; time and memory of each")
    given = parser.parse_args()
    its.fit(errors(1, 24, 0.4, np.random.default_rng(0))[0] + 10, 12)  # imports, once
    if given.scale:
        _scale(given.scale)
        return
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


def _scale(counts: list[int]) -> None:
    """Prints time and greatest memory of batches of each size, 48 points and summaries of the effects.

    Each runs in a process of its own, as a process keeps the most memory that it ever had.
    """
    print("48 points a series, summaries of the effects; memory is the process's greatest.\n")
    print("| series | model | seconds | ms a series | MB |")
    print("|---|---|---|---|---|")
    for model in ("reml-ar1", "averaged-ar1"):
        for count in counts:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                seconds, memory = pool.apply(_measured, (count, model))
            row = f"| {count:,} | {model} | {seconds:.1f} | {1e3 * seconds / count:.3f} | {memory:,.0f} |"
            print(row, flush=True)


def _measured(count: int, model: Literal["reml-ar1", "averaged-ar1"]) -> tuple[float, float]:
    """Seconds that a batch takes, and the process's greatest memory in megabytes."""
    y = 50 + errors(count, 48, 0.4, np.random.default_rng(1))
    its.fit_many(y[:10], 24, model)  # imports, once
    seconds = _seconds(lambda: its.fit_many(y, 24, model, effects="summary"))
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
