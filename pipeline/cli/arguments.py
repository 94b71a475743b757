"""The arguments that several commands take."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

Studies = Annotated[list[str] | None, typer.Argument(help="Studies of params.yaml; all of them by default.")]

Study = Annotated[str, typer.Argument(metavar="STUDY", help="A study of params.yaml.")]
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day; by default git's commit's."),
]
