"""Statistical process control: is the process stable, has it changed, and will it meet its target?"""

from pipeline.spc.chart import Chart, chart
from pipeline.spc.cusum import Cusum, cusum
from pipeline.spc.ewma import Ewma, ewma
from pipeline.spc.funnel import Funnel, funnel
from pipeline.spc.many import Charts, chart_many
from pipeline.spc.rebase import Condition, RebaseAdvice, rebase_advice
from pipeline.spc.rulesets import RULE_SETS, making_data_count, nelson, western_electric

__all__ = [
    "RULE_SETS",
    "Chart",
    "Charts",
    "Condition",
    "Cusum",
    "Ewma",
    "Funnel",
    "RebaseAdvice",
    "chart",
    "chart_many",
    "cusum",
    "ewma",
    "funnel",
    "making_data_count",
    "nelson",
    "rebase_advice",
    "western_electric",
]
