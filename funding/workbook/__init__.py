"""The application workbook: its template, its reading with every fault by cell, its writing.

Within the package too a module imports only from before it::

    tables < cells < headings < parsing < relations
    tables < package < sheet < reader
    cells < text_values < text_tables
    headings < mapping, reader < foreign
    reader, text_tables, foreign < sources < intake (which brings parsing and relations together)
    parsing < changes
    cells < writer < template; intake, writer < merging
    package < annotate
"""

from funding.workbook.annotate import annotate
from funding.workbook.changes import Changes, changes
from funding.workbook.intake import Intake, read, read_tables
from funding.workbook.mapping import Mapping, load_mapping
from funding.workbook.merging import read_call, write_intake
from funding.workbook.sources import can_be_marked, named_sources
from funding.workbook.tables import Row, Table, to_tables
from funding.workbook.template import template
from funding.workbook.writer import add_sheets, write_applications

__all__ = [
    "Changes",
    "Intake",
    "Mapping",
    "Row",
    "Table",
    "add_sheets",
    "annotate",
    "can_be_marked",
    "changes",
    "load_mapping",
    "named_sources",
    "read",
    "read_call",
    "read_tables",
    "template",
    "to_tables",
    "write_applications",
    "write_intake",
]
