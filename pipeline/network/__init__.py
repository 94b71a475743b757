"""How people work together: networks of who turns to whom, before and after a change."""

from pipeline.network.brokerage import ROLES, brokerage, expected_brokerage
from pipeline.network.comparison import Comparison, compare
from pipeline.network.measures import LABELS, MEASURES, Shape, centralisation, shape, shares
from pipeline.network.qap import Association, association, differences, regression
from pipeline.network.ties import Network, network

__all__ = [
    "LABELS",
    "MEASURES",
    "ROLES",
    "Association",
    "Comparison",
    "Network",
    "Shape",
    "association",
    "brokerage",
    "centralisation",
    "compare",
    "differences",
    "expected_brokerage",
    "network",
    "regression",
    "shape",
    "shares",
]
