"""The command that looks ahead: how large a change a planned study would find."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def power(
    study: Annotated[
        str | None, typer.Argument(help="A study of params.yaml, whose plan and data are used.")
    ] = None,
    before: Annotated[int | None, typer.Option(min=1, help="Periods before the change.")] = None,
    after: Annotated[
        list[int] | None, typer.Option(min=1, help="Periods after it; give it again to compare lengths.")
    ] = None,
    noise: Annotated[
        float | None, typer.Option(help="Standard deviation about trend and season, in the measure's units.")
    ] = None,
    rho: Annotated[
        float | None, typer.Option(help="Autocorrelation of neighbouring periods, from −1 to 1.")
    ] = None,
    waves: Annotated[int | None, typer.Option(min=0, help="Seasonality: waves a cycle.")] = None,
    cycle: Annotated[int | None, typer.Option(min=2, help="Periods in a cycle (12 for months).")] = None,
    impact: Annotated[
        Literal["level", "slope", "level-and-slope"] | None, typer.Option(help="What changes.")
    ] = None,
    model: Annotated[
        Literal["auto", "reml-ar1", "averaged-ar1", "ols", "newey-west", "prais-winsten"] | None,
        typer.Option(help="The model that will be used."),
    ] = None,
    target: Annotated[
        float, typer.Option("--power", help="How often a change of that size should be found.")
    ] = 0.8,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the power curve to this .svg or .png file.")
    ] = None,
) -> None:
    """Say how large a change must be for a planned study to find it.

    Series like the study's are simulated, and analysed as it will be.

    With STUDY its plan says how, and its data before the change how noisy
    they are; data after the change are not looked at. What is given here
    goes before both. Without a study, --before, --after and --noise are
    needed:

        lasting power --before 24 --after 12 --rho 0.3 --noise 10
    """
    from pipeline import project
    from pipeline.evaluation import power as evaluated
    from pipeline.terminal import show_power

    lengths = tuple(dict.fromkeys(after or ()))
    if not study and not (before and lengths and noise):
        raise typer.BadParameter("without a study, --before, --after and --noise are needed.")
    if output and (output.suffix not in (".svg", ".png") or not output.parent.is_dir()):
        raise typer.BadParameter(f"-o {output}: should end in .svg or .png, in a folder that exists.")
    options = {
        "before": before,
        "after": lengths[0] if lengths else None,
        "sd": noise,
        "rho": rho,
        "harmonics": waves,
        "period": cycle,
        "impact": impact,
        "model": model,
    }
    planned = evaluated.planned(project.load(), study, options) if study else evaluated.given(options)
    found = evaluated.detectable(planned, lengths, target)
    show_power(found, planned.level, planned.notes)
    if output:
        evaluated.save_chart(found[-1], output)
        typer.echo(f"The power curve is in {output}.")
