"""What a contract costs: a million rows and ten rules, beside Great Expectations alone on the same rules.

Run it as `python -m benchmarks.contracts` from the root of the repository. Both sides are timed in turn,
pair by pair, in one process that has imported everything; the table shows medians. Great Expectations has
its default result format; ours also settles types from the file's text and checks the periods of each site.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from pipeline import marked_yaml
from pipeline.contract import model, table, validation
from pipeline.contract.model import Contract

SITES, MONTHS = 4_000, 250
PAIRS = 7
WANTED = 1.2
"""The most that ours may take, in times of Great Expectations' own."""
KINDS = ("major", "minor", "specialist")
RULES: list[tuple[str, dict[str, Any]]] = [
    *(
        ("expect_column_values_to_not_be_null", {"column": name})
        for name in ("month", "site", "seen", "late")
    ),
    *(("expect_column_values_to_be_between", {"column": name, "min_value": 0}) for name in ("seen", "late")),
    ("expect_column_values_to_be_between", {"column": "wait", "min_value": 0, "max_value": 2000}),
    ("expect_column_values_to_be_in_set", {"column": "kind", "value_set": list(KINDS)}),
    ("expect_column_values_to_match_regex", {"column": "site", "regex": "^S[0-9]{5}$"}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["month", "site"]}),
]
"""The ten rules, as Great Expectations says them."""
CONTRACT: dict[str, Any] = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "waits",
    "servers": [{"server": "raw", "type": "local", "path": "waits.csv", "format": "csv"}],
    "schema": [
        {
            "name": "waits",
            "properties": [
                {"name": "month", "logicalType": "date", "primaryKey": True, "primaryKeyPosition": 1},
                {
                    "name": "site",
                    "primaryKey": True,
                    "primaryKeyPosition": 2,
                    "logicalTypeOptions": {"pattern": "^S[0-9]{5}$"},
                },
                *(
                    {
                        "name": name,
                        "logicalType": "integer",
                        "required": True,
                        "logicalTypeOptions": {"minimum": 0},
                    }
                    for name in ("seen", "late")
                ),
                {
                    "name": "wait",
                    "logicalType": "number",
                    "logicalTypeOptions": {"minimum": 0, "maximum": 2000},
                },
                {"name": "kind", "enum": [{"value": kind} for kind in KINDS]},
            ],
        }
    ],
    "customProperties": [
        {"property": "periods", "value": {"column": "month", "every": "month", "units": "site"}}
    ],
}
"""The same ten rules as a contract says them."""


def made(path: Path) -> None:
    """Writes a million rows that keep every rule: a row a site and month."""
    random = np.random.default_rng(20_250)
    months = pd.date_range("2004-01-01", periods=MONTHS, freq="MS").strftime("%Y-%m-%d")
    sites = [f"S{number:05}" for number in range(SITES)]
    seen = random.poisson(900, SITES * MONTHS)
    frame = pd.DataFrame(
        {
            "month": np.repeat(months, SITES),
            "site": np.tile(sites, MONTHS),
            "seen": seen,
            "late": random.binomial(seen, 0.3),
            "wait": random.gamma(4, 40, SITES * MONTHS).clip(max=2000).round(1),
            "kind": random.choice(KINDS, SITES * MONTHS),
        }
    )
    frame.to_csv(path, index=False)


def read_by_pandas(path: Path) -> pd.DataFrame:
    """Gives the file as pandas reads it when it is told of the dates."""
    return pd.read_csv(path, parse_dates=["month"])


def expected(frame: pd.DataFrame, detail: str = "SUMMARY") -> bool:
    """True if Great Expectations alone finds that the ten rules hold, in its usual detail or another."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.registry import get_expectation_impl

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    suite = gx.ExpectationSuite(
        name="rules", expectations=[get_expectation_impl(kind)(**kwargs) for kind, kwargs in RULES]
    )
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": frame})
    return bool(batch.validate(suite, result_format=detail).success)


def seconds(work: Callable[[], bool]) -> float:
    """Gives how long some work took that must succeed."""
    start = time.perf_counter()
    assert work()
    return time.perf_counter() - start


def compared(theirs: Callable[[], bool], ours: Callable[[], bool]) -> tuple[float, float, float]:
    """Gives the median seconds of both, and the median of their ratios, pair by pair."""
    pairs = [(seconds(theirs), seconds(ours)) for _ in range(PAIRS)]
    return (
        median(pair[0] for pair in pairs),
        median(pair[1] for pair in pairs),
        median(pair[1] / pair[0] for pair in pairs),
    )


def main() -> int:
    """Prints the table, and gives 1 if ours takes more than wanted."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    contract: Contract = model.parse(marked_yaml.MarkedYaml("waits.odcs.yaml", CONTRACT, {}))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        made(root / "waits.csv")
        frame, rows = read_by_pandas(root / "waits.csv"), table.read(root, contract)
        expected(frame.head(100))
        checked = len(validation.validate(rows).findings)
        print(f"{len(frame):,} rows, {len(RULES)} rules; ours checks {checked} (types and periods as well)\n")
        print(f"{'median seconds of ' + str(PAIRS):<28}{'Great Expectations':>20}{'ours':>8}{'ratio':>8}")
        ratios = []
        for what, theirs, ours in (
            ("typed rows in memory", lambda: expected(frame), lambda: validation.validate(rows).passed),
            (
                "from the file",
                lambda: expected(read_by_pandas(root / "waits.csv")),
                lambda: validation.validate(table.read(root, contract)).passed,
            ),
        ):
            their_time, our_time, ratio = compared(theirs, ours)
            print(f"{what:<28}{their_time:>20.2f}{our_time:>8.2f}{ratio:>8.2f}")
            ratios.append(ratio)
    print(f"\nwanted of the validation itself, the first row: at most {WANTED}")
    return int(ratios[0] > WANTED)


if __name__ == "__main__":
    sys.exit(main())
