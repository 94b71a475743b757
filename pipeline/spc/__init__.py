"""Statistical process control: is the process stable, has it changed, and will it meet its target?"""

from pipeline.spc.chart import Chart, chart
from pipeline.spc.rulesets import making_data_count

__all__ = ["Chart", "chart", "making_data_count"]
