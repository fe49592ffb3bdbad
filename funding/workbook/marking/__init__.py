"""Marks in a user's own workbook, set by splicing bytes into the parts that must change.

An .xlsx file is a zip archive of XML parts. A part that need not change is copied byte for
byte; in the others only the spliced places differ, so that whatever else stands in them
(formulas with their results, extensions, elements that we have never heard of) stays::

    splice < archive, styles, sheet < notes < listing < book < annotate
"""
