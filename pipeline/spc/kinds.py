"""Every kind of chart that can be asked for by name: what it takes, how it is drawn, and when it fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import AnalysisError
from pipeline.spc import attributes, individuals, subgroups
from pipeline.spc.limits import Bools, Lines, Observed, Options

Domain = Literal["any", "zero or more", "above zero"]


@dataclass(frozen=True)
class Kind:
    """A kind of chart.

    title: its name in a sentence. lines: the function that draws one phase. domain: the values it can take.
    denominators: whether it needs them, may have them (values are then y / n), or takes none.
    within_denominators: y can't be more than n. of_subgroups: each point is several values.
    centre: what its centre line is. independent: whether neighbouring values are, so that patterns over time
    mean something. adjustable: whether seasonal figures can be taken from its values.
    """

    title: str
    lines: Callable[[Observed, Bools, Options], Lines]
    denominators: Literal["needed", "optional", "none"] = "none"
    domain: Domain = "any"
    within_denominators: bool = False
    of_subgroups: bool = False
    centre: Literal["Mean", "Median", "Centre"] = "Mean"
    adjustable: bool = False
    independent: bool = True


KINDS: dict[str, Kind] = {
    "run": Kind("run", individuals.run, denominators="optional", centre="Median", adjustable=True),
    "xmr": Kind("XmR", individuals.xmr, denominators="optional", adjustable=True),
    "mr": Kind("mR", individuals.moving_range, denominators="optional", adjustable=True, independent=False),
    "xbar": Kind("x-bar", subgroups.xbar, of_subgroups=True),
    "s": Kind("s", subgroups.s, of_subgroups=True),
    "p": Kind(
        "p", attributes.proportion, denominators="needed", domain="zero or more", within_denominators=True
    ),
    "u": Kind("u", attributes.rate, denominators="needed", domain="zero or more"),
    "c": Kind("c", attributes.count, domain="zero or more"),
    "p'": Kind(
        "p′ (Laney)",
        attributes.laney_proportion,
        denominators="needed",
        domain="zero or more",
        within_denominators=True,
    ),
    "u'": Kind("u′ (Laney)", attributes.laney_rate, denominators="needed", domain="zero or more"),
    "i'": Kind(
        "I′ (weighted individuals)",
        individuals.weighted_individuals,
        denominators="optional",
        adjustable=True,
    ),
    "g": Kind("g", attributes.cases_between, domain="zero or more", centre="Median"),
    "t": Kind("t", individuals.time_between, domain="above zero", centre="Centre"),
}
"""Every kind of chart, besides `auto`, by the name to ask for it by."""

OTHER_NAMES = {"i": "xmr", "pp": "p'", "up": "u'", "ip": "i'"}
"""What other software calls a kind (qicharts2)."""


def kind_name(kind: str) -> str:
    """Gives the kind's own name; AnalysisError on one that is not known."""
    name = OTHER_NAMES.get(kind, kind)
    if name not in KINDS:
        known = ", ".join(["auto", *KINDS])
        raise AnalysisError(f"There is no chart of kind {kind!r}; those available are: {known}.")
    return name
