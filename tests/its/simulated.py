"""Series with a known truth, for the tests of what is said about them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def ar1(
    random: np.random.Generator, shape: tuple[int, ...], rho: float, sd: float = 1.0
) -> NDArray[np.float64]:
    """Stationary AR(1) errors along the last axis, with marginal standard deviation `sd`."""
    errors = random.normal(size=shape)
    errors[..., 1:] *= np.sqrt(1 - rho**2)
    for row in range(1, shape[-1]):
        errors[..., row] += rho * errors[..., row - 1]
    return sd * errors


def interrupted(
    n: int = 72,
    start: int = 36,
    *,
    level: float = 0.0,
    slope: float = 0.0,
    rho: float = 0.3,
    sd: float = 1.0,
    season: float = 0.0,
    seed: int = 1,
) -> NDArray[np.float64]:
    """A series about 100 with a trend, a yearly season, and a change of level and slope at `start`."""
    time = np.arange(n)
    since = np.maximum(time - start, 0)
    change = level * (time >= start) + slope * since
    wave = season * np.sin(2 * np.pi * time / 12)
    return 100 + 0.1 * time + wave + change + ar1(np.random.default_rng(seed), (n,), rho, sd)
