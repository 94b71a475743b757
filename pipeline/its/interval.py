"""An estimate with its 95% interval, as plain numbers and as words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from pipeline.its.alt_text import spoken_number
from pipeline.its.inference import Contrast, FloatArray

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its.fit_result import Fit


Scale = Literal["absolute", "log", "logit"]
"""What an effect is counted in: the outcome's units, or the logarithm or log odds of models of counts."""


@dataclass(frozen=True)
class Interval:
    """An estimate with the limits of its 95% interval."""

    estimate: float
    lower: float
    upper: float

    @classmethod
    def of(cls, contrast: Contrast) -> Interval:
        """The interval of a linear combination of terms."""
        return cls(contrast.estimate, contrast.lower, contrast.upper)

    @property
    def is_clear(self) -> bool:
        """True if the interval lies on one side of zero."""
        return self.lower > 0 or self.upper < 0

    def agrees_in_sign(self, other: Interval) -> bool:
        """True if both estimates lie on the same side of zero."""
        return (self.estimate > 0) == (other.estimate > 0)

    def concludes_as(self, other: Interval) -> bool:
        """True if both intervals hold zero, or both lie on the same side of it."""
        return (self.lower > 0, self.upper < 0) == (other.lower > 0, other.upper < 0)

    def spoken(self, unit: str = "") -> str:
        """Gives the estimate and its interval in words.

        >>> Interval(-5.123, -7.4, -2.9).spoken("minutes")
        '−5.12 minutes (95% interval −7.40 to −2.90)'
        """
        scale = max(abs(self.estimate), (self.upper - self.lower) / 2)
        estimate, lower, upper = (
            spoken_number(value, scale) for value in (self.estimate, self.lower, self.upper)
        )
        gap = " " if unit and not unit.startswith("%") else ""
        return f"{estimate}{gap}{unit} (95% interval {lower} to {upper})"

    def spoken_on(self, scale: Scale) -> str:
        """Gives the estimate and its interval in words: as they are, or as a change in per cent.

        >>> Interval(-0.223, -0.357, -0.105).spoken_on("log")
        '−20.0% (95% interval −30.0 to −10.0)'
        """
        if scale == "absolute":
            return self.spoken()
        return self.as_percent().spoken("%" if scale == "log" else "% in the odds")

    def ranged_on(self, scale: Scale) -> str:
        """Gives the limits alone in words, as in 'from −7.4 to 2.9', or in per cent."""
        shown, unit = (self, "") if scale == "absolute" else (self.as_percent(), "%")
        size = max(abs(shown.estimate), (shown.upper - shown.lower) / 2)
        return f"from {spoken_number(shown.lower, size)}{unit} to {spoken_number(shown.upper, size)}{unit}"

    def as_percent(self) -> Interval:
        """The same from a logarithm to a percentage change."""
        return Interval(*(float(100 * np.expm1(value)) for value in (self.estimate, self.lower, self.upper)))


def shown_on(scale: Scale, values: FloatArray) -> FloatArray:
    """Gives effects, of any shape, as they are drawn: as they are, or from a logarithm in per cent."""
    return values if scale == "absolute" else 100 * np.expm1(values)


def spoken_effect(value: float, size: float, scale: Scale) -> str:
    """Gives an effect in words: as it is, to three figures of `size`, or from a logarithm in per cent.

    >>> spoken_effect(-5.123, 5, "absolute"), spoken_effect(-0.223, 0.3, "log")
    ('−5.12', '−20.0%')
    """
    if scale == "absolute":
        return spoken_number(value, size)
    return f"{spoken_number(float(100 * np.expm1(value)), 10)}%"


def average_effect(effects: pd.DataFrame) -> Interval:
    """Gives the average effect over the periods after the change, from a fit's table of effects."""
    row = effects.index.tolist().index("average")
    columns = ("absolute", "absolute_lower", "absolute_upper")
    return Interval(*(float(effects[name].to_numpy(dtype=float)[row]) for name in columns))


def judged_effect(fit: Fit) -> tuple[Interval, Scale]:
    """Gives the average effect on the scale on which the fit is judged, and that scale.

    Under a log or logit link it is the logarithm of the ratio of what the fit says happened to what it says
    would have. The interval of the difference takes in how uncertain the expected level is, and can hold zero
    where the ratio is clearly not one.
    """
    if fit.link.name == "identity":
        return average_effect(fit.effects), "absolute"
    columns = ["relative", "relative_lower", "relative_upper"]
    shares = fit.effects.loc[["average"], columns].to_numpy(dtype=float)[0]
    return Interval(*(float(value) for value in np.log1p(shares))), "log"
