"""How a model's linear predictor becomes the outcome: as it is, by exp, or by the logistic curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.its.inference import FloatArray

LinkName = Literal["identity", "log", "logit"]


@dataclass(frozen=True)
class Link:
    """The curve from the linear predictor to the outcome (a unit of the denominator's, if there is one)."""

    name: LinkName

    def mean(self, predictor: FloatArray) -> FloatArray:
        """The outcome at `predictor`, of the same shape."""
        if self.name == "log":
            return np.exp(predictor)
        if self.name == "logit":
            return np.exp(-np.logaddexp(0.0, -predictor))
        return predictor

    def slope(self, predictor: FloatArray) -> FloatArray:
        """How fast the outcome moves with the predictor, of the same shape."""
        if self.name == "identity":
            return np.ones_like(predictor)
        mean = self.mean(predictor)
        return mean if self.name == "log" else mean * (1 - mean)


IDENTITY = Link("identity")
LOG = Link("log")
LOGIT = Link("logit")
