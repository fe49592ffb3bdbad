"""Reports: the award workbook of an allocation and the comparison workbook of several.

The workbooks of studies are imported from their own modules, ``sweep_workbook``,
``robustness_workbook`` and ``strategy_workbook``: studies need the solver, and what is here must be
verifiable without it.
"""

from funding.report.award_workbook import award_cells, award_workbook
from funding.report.comparison_workbook import comparison_workbook

__all__ = ["award_cells", "award_workbook", "comparison_workbook"]
