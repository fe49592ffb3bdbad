"""Reports on an allocation: the award workbook."""

from funding.report.award_workbook import award_cells, award_workbook

__all__ = ["award_cells", "award_workbook"]
