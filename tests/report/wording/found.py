"""Results as the notebooks write them, as small as the sentences need."""

from __future__ import annotations

from pipeline.report.numbers import Numbers


def effect_row(name, absolute, spread, expected=1000.0, relative=True):
    row = {"row": name, "absolute": absolute, "absolute_lower": absolute - spread, "expected": expected}
    row["absolute_upper"] = absolute + spread
    for key in ("absolute", "absolute_lower", "absolute_upper"):
        row[key.replace("absolute", "relative")] = row[key] / expected if relative else None
    return row


def measured(
    absolute,
    spread,
    *,
    better="lower",
    kind="count",
    label="Falls in hospital",
    last=None,
    relative=True,
    unit=1,
):
    return {
        "label": label,
        "kind": kind,
        "better": better,
        "effects": [
            effect_row("2020-01-01", absolute, spread, relative=relative),
            *([] if last is None else [effect_row("2020-06-01", *last, relative=relative)]),
            effect_row("average", absolute, spread, relative=relative),
            effect_row("cumulative", absolute * 6, spread * 6, 6000.0, relative=relative),
        ],
        "first_effect": "2020-01-01",
        "last_effect": "2020-01-01" if last is None else "2020-06-01",
        "unit": unit,
        "impact": "level-and-slope",
        "flags": [],
    }


def numbers_of(primary, **others):
    return Numbers({"its": {"measures": {"m": primary, **others}}})
