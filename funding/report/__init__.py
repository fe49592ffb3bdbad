"""Reports: the award workbook of an allocation, the comparison workbook of several."""

from funding.report.award_workbook import award_cells, award_workbook
from funding.report.comparison_workbook import comparison_workbook
from funding.report.sweep_workbook import sweep_workbook

__all__ = ["award_cells", "award_workbook", "comparison_workbook", "sweep_workbook"]
