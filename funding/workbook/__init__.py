"""The application workbook: its template, its reading with every fault by cell, its writing.

Within the package too a module imports only from before it::

    tables < written < cells < headings < parsing < relations
    cells < meaning < pairing, record < changes                            (what was changed)
    tables < package < sheet < reader < contents                           (workbooks)
    cells < text_values, package < text_encoding, reader < text_tables     (CSV files)
    headings < targets, conventions < mapping, meaning < conversion < oddities < foreign_rows,
      reader < foreign; targets < suggestions                              (foreign workbooks)
    reader, text_tables, foreign < sources; parsing < fund_sheets
    sources, fund_sheets, relations < intake < merging                     (all of it together)
    cells < writer < template, merging
    intake, changes < report                                               (as JSON)
    package < marking < annotate                                           (marked copies)
"""

from funding.workbook.annotate import annotate
from funding.workbook.changes import Changes, changes
from funding.workbook.contents import Contents, contents, titles
from funding.workbook.intake import Intake, read
from funding.workbook.mapping import Mapping, load_mapping
from funding.workbook.merging import read_call, write_intake
from funding.workbook.report import as_json, refused_json
from funding.workbook.sources import can_be_marked, marked_names, named_sources
from funding.workbook.tables import Row, Table, to_tables
from funding.workbook.template import template
from funding.workbook.writer import add_sheets, write_applications

__all__ = [
    "Changes",
    "Contents",
    "Intake",
    "Mapping",
    "Row",
    "Table",
    "add_sheets",
    "annotate",
    "as_json",
    "can_be_marked",
    "changes",
    "contents",
    "load_mapping",
    "marked_names",
    "named_sources",
    "read",
    "read_call",
    "refused_json",
    "template",
    "titles",
    "to_tables",
    "write_applications",
    "write_intake",
]
