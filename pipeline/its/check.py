"""What every check of a finding gives back: whether it held, the figures, and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd


class Check(Protocol):
    """A check of a finding.

    `passed` is True where the finding stands up to it, False where it doesn't, and None where the check
    has nothing to say; `table` holds the figures, and `sentence` says in plain words what they mean.
    """

    @property
    def table(self) -> pd.DataFrame:
        """The figures that the sentence is made from."""

    @property
    def passed(self) -> bool | None:
        """Whether the finding stands."""

    @property
    def sentence(self) -> str:
        """What the figures mean, for a reader who is not an analyst."""
