"""Reports: the award workbook of an allocation, the comparison workbook of several, and how robust
one is, and what cities gain by strategic applications."""

from funding.report.award_workbook import award_cells, award_workbook
from funding.report.comparison_workbook import comparison_workbook
from funding.report.robustness_workbook import robustness_workbook
from funding.report.strategy_workbook import strategy_workbook
from funding.report.sweep_workbook import sweep_workbook

__all__ = [
    "award_cells",
    "award_workbook",
    "comparison_workbook",
    "robustness_workbook",
    "strategy_workbook",
    "sweep_workbook",
]
