"""What a panel's sites show: together, beside sites that had no change, and how alike they are."""

from __future__ import annotations

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.cautions import series_doubts
from pipeline.report.wording.judgement import judge, judged
from pipeline.report.wording.lead import is_of_sites, lead
from pipeline.report.wording.phrases import amount, interval, on, scale, sized, than_expected, the

UNLIKELY = "more than chance would likely give"
FEW = 0.1
"""A difference that at most this share of the ways to choose the treated would give stands out."""


def sites_headline(numbers: Numbers, measure: str, change: str, every: str) -> Markdown:
    """Gives the finding at the sites in one sentence: who, how much fewer or more, how sure."""
    key = lead(numbers, measure)
    said = than_expected(numbers, measure, key, every)
    unclear = judged(numbers, measure) == "unclear"
    opening = fill(
        "{who}, {said}{of}", who=_who(numbers, measure, change), said=said, of=_from(numbers, measure)
    )
    if unclear:
        doubt = "{opening}. But that could be chance: the difference is likely {interval}."
        return fill(doubt, opening=opening, interval=interval(numbers, key))
    if numbers.value(key)["relative"] is None:
        return fill("{opening} (likely {interval}).", opening=opening, interval=interval(numbers, key))
    return fill("{opening}: {sized}.", opening=opening, sized=sized(numbers, key))


def _who(numbers: Numbers, measure: str, change: str) -> Markdown:
    """Where the effect is: at the average of several sites, or at those set beside others."""
    about = f"pooled.measures.{measure}"
    if numbers.value(f"{about}.lead.design") == "pooled":
        return fill(
            "On average over the {count} sites that had {change}",
            count=numbers.show(f"{about}.pooled.sites", "count"),
            change=the(change),
        )
    treated = numbers.value(f"{about}.treated")
    if len(treated) == 1:
        return fill("In {name}, after {change}", name=treated[0], change=the(change))
    return fill(
        "At the {count} sites that had {change}",
        count=numbers.show(f"{about}.count", "count"),
        change=the(change),
    )


def _from(numbers: Numbers, measure: str) -> Markdown:
    """What the expectation rests on, where it is other sites."""
    about = f"pooled.measures.{measure}"
    if numbers.value(f"{about}.lead.design") == "pooled":
        return Markdown("")
    return fill(
        " from the {compared} sites without the change", compared=numbers.show(f"{about}.compared", "count")
    )


def sites_spread(numbers: Numbers, measure: str) -> Markdown:
    """Gives how alike the sites are, and where another site might lie; nothing without pooled sites."""
    about = f"pooled.measures.{measure}.pooled"
    if not numbers.has(f"{about}.sites") or numbers.value(f"{about}.sites") < 2:
        return Markdown("")
    if numbers.value(f"{about}.prediction.absolute_lower") is None:
        return Markdown("")
    likely = interval(numbers, f"{about}.prediction")
    if numbers.value(f"{about}.tau2") == 0:
        return fill(
            "The sites differ no more than chance would make them; in another site like these we would "
            "expect {likely}.",
            likely=likely,
        )
    return fill("The sites truly differ: in another site like these we would expect {likely}.", likely=likely)


def sites_compared(numbers: Numbers, measure: str) -> Markdown:
    """Gives what the sites without the change say; nothing where there are none to compare with."""
    about = f"pooled.measures.{measure}"
    parts = [_controlled(numbers, about), _apart(numbers, measure, about), sites_chance(numbers, measure)]
    return Markdown(" ".join(part for part in parts if part))


def _controlled(numbers: Numbers, about: str) -> Markdown:
    if not numbers.has(f"{about}.controlled.effect"):
        return Markdown("")
    said = fill(
        "Set beside {compared} sites without the change, moving as they moved, the difference is likely "
        "{interval}.",
        compared=numbers.show(f"{about}.compared", "count"),
        interval=interval(numbers, f"{about}.controlled.effect"),
    )
    if numbers.value(f"{about}.controlled.trends_before.passed"):
        before = "Before the change, they moved alike."
    else:
        before = "They were drawing apart before the change, so the comparison rests on that going on."
    return Markdown(f"{said} {before}")


def _apart(numbers: Numbers, measure: str, about: str) -> Markdown:
    if not numbers.has(f"{about}.apart.absolute"):
        return Markdown("")
    row = numbers.value(f"{about}.apart")
    found = judge(row["absolute_lower"], row["absolute_upper"], None)
    return fill(
        "Each set beside {compared} sites without the change, from its own start, the sites differ by {low} "
        "to {high}{doubt}. These comparisons share the same sites, so they are less sure than they look.",
        compared=numbers.show(f"{about}.compared", "count"),
        low=numbers.show(f"{about}.apart.absolute_lower", "signed"),
        high=amount(numbers, measure, f"{about}.apart.absolute_upper", "signed"),
        doubt=", which could be no difference" if found == "unclear" else "",
    )


def sites_chance(numbers: Numbers, measure: str) -> Markdown:
    """Gives what placebo in space says: how many other choices of sites would have shown as much."""
    key = f"pooled.measures.{measure}.difference"
    about = f"pooled.measures.{measure}"
    if not numbers.has(f"{key}.sets"):
        return Markdown("")
    single = numbers.value(f"{about}.count") == 1
    of = "Of {sets} sites" if single else "Of {sets} ways to pick the sites with the change"
    if numbers.value(f"{about}.lead.design") == "pooled":  # its effect is no comparison, and this is of one
        of = f"Compared with the other sites: {of[0].lower()}{of[1:]}"
    real = "the one with the change" if single else "the real one"
    stands_out = numbers.value(f"{key}.p_value") <= FEW
    if numbers.value(f"{key}.as_large") == 1:
        verdict = "so it stands out." if stands_out else "but of so few that says little."
        said = of + ", none but {real} shows as large a difference, " + verdict
    else:
        verdict = "so it stands out." if stands_out else "so it does not stand out."
        said = of + ", {as_large} show as large a difference, {real} among them, " + verdict
    return fill(
        said,
        sets=numbers.show(f"{key}.sets", "count"),
        real=real,
        as_large=numbers.show(f"{key}.as_large", "count") if "{as_large}" in said else "",
    )


def sites_course(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives how the difference went, counted from each site's own start."""
    table = f"pooled.measures.{measure}.event_time.table"
    if not numbers.has(table):
        return Markdown("")
    after = [row for row in numbers.value(table) if row["row"] >= 0]
    if not after:
        return Markdown("")
    said: list[Markdown] = []
    for place, row in (("first", after[0]), ("last", after[-1])):
        key = f"{table}[{row['row']}]"
        clear = judge(row["lower"], row["upper"], None) != "unclear"
        sites = fill(" that {n} of them have", n=numbers.show(f"{key}.sites", "count")) if said else ""
        said.append(
            fill(
                "{on} the {place} {every} after the start{which} it was {size} {word} than expected{doubt}",
                on=on(every),
                place=place,
                every=every,
                which=sites,
                size=amount(numbers, measure, f"{key}.estimate"),
                word="lower" if row["estimate"] < 0 else "higher",
                doubt="" if clear else ", which could be chance",
            )
        )
    if len(after) == 1:
        said = said[:1]
    text = "; ".join(said)
    return Markdown(f"Counted from each site’s own start, {text}.")


def one_series(numbers: Numbers, measure: str) -> Markdown:
    """Gives why the one series of all sites tells another size than the average site; else nothing."""
    about = f"pooled.measures.{measure}"
    if not is_of_sites(numbers, measure) or numbers.value(f"{about}.count") == 1:
        return Markdown("")
    later = " Some of them had not started yet then." if numbers.value(f"{about}.staggered") else ""
    return Markdown(
        f"Here the sites with the change are one series, from the first start on.{later} So its average "
        "difference need not be that at the average site."
    )


def is_short(numbers: Numbers, measure: str) -> bool:
    """True if all there is is a difference in differences: the panel has too few periods for a trend."""
    key = f"pooled.measures.{measure}.lead.design"
    return numbers.has(key) and bool(numbers.value(key) == "difference-in-differences")


def sites_limits(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what a comparison of so short a panel cannot show; nothing where a time series was fitted."""
    about = f"pooled.measures.{measure}"
    if not is_short(numbers, measure):
        return Markdown("")
    doubts = series_doubts(numbers, f"{about}.difference.flags", every)
    opening = Markdown(
        "We compare with how sites without the change went, and they may differ in other ways."
    )
    return Markdown(" ".join([opening, *doubts]))


def tile_sites(numbers: Numbers, measure: str) -> tuple[str, Markdown, Markdown]:
    """Gives the tile on sites, with its question: how alike they are, or how unusual the one is."""
    about = f"pooled.measures.{measure}"
    if numbers.value(f"{about}.lead.design") == "pooled" and numbers.has(
        f"{about}.pooled.prediction.absolute_lower"
    ):
        key = f"{about}.pooled.prediction"
        kind, _ = scale(numbers.value(key))
        style = "percent" if kind == "relative" else "signed"
        low, high = (numbers.show(f"{key}.{kind}_{end}", style) for end in ("lower", "upper"))
        return (
            "And in another site like these?",
            fill("{low} to {high}", low=low, high=high),
            fill("the {count} sites’ own spread", count=numbers.show(f"{about}.pooled.sites", "count")),
        )
    if numbers.has(f"{about}.difference.sets"):
        key = f"{about}.difference"
        return (
            "How many would show as much by chance?",
            fill(
                "{as_large} of {sets}",
                as_large=numbers.show(f"{key}.as_large", "count"),
                sets=numbers.show(f"{key}.sets", "count"),
            ),
            Markdown("the real one among them"),
        )
    return (
        "How many sites?",
        numbers.show(f"{about}.count", "count"),
        fill("{compared} to compare with", compared=numbers.show(f"{about}.compared", "count")),
    )


SAYS = (
    is_short,
    sites_headline,
    sites_spread,
    sites_chance,
    sites_compared,
    sites_course,
    one_series,
    sites_limits,
    tile_sites,
)
