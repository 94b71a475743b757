"""Synthetic data with known truth, for example studies and for trying the methods. Nothing here is real.

Each module makes one study's data from a seed, and says what is true of them: `make(seed)` gives tables
that look like raw data, and the truth as a results file would tell it. `python -m pipeline.simulate` writes
the committed files anew, byte for byte.
"""

from pipeline.simulate.made import Made, Truth
from pipeline.simulate.studies import SEED, STUDIES, make

__all__ = ["SEED", "STUDIES", "Made", "Truth", "make"]
