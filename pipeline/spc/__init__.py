"""Statistical process control: is the process stable, has it changed, and will it meet its target?"""

from pipeline.spc.chart import Chart, chart
from pipeline.spc.rulesets import RULE_SETS, making_data_count, nelson, western_electric

__all__ = ["RULE_SETS", "Chart", "chart", "making_data_count", "nelson", "western_electric"]
