"""The application workbook: its template, its reading with every fault by cell, its writing.

Within the package too a module imports only from before it::

    tables < cells < headings < parsing < relations
    tables < package < reader < intake (which brings parsing and relations together)
    cells < writer < template
    package < annotate
"""

from funding.workbook.annotate import annotate
from funding.workbook.intake import Intake, read, read_tables
from funding.workbook.tables import Row, Table, to_tables
from funding.workbook.template import template
from funding.workbook.writer import add_sheets, write_applications

__all__ = [
    "Intake",
    "Row",
    "Table",
    "add_sheets",
    "annotate",
    "read",
    "read_tables",
    "template",
    "to_tables",
    "write_applications",
]
