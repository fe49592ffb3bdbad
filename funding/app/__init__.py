"""The workbench: applications in grids, scenarios, allocations, awards.

One file a page, in ``pages``. Pages call the package and draw; what they draw is made by
modules that know no widgets. Within the workbench too a module imports only from before it::

    text < intakes < grids < pairing; parameters, results
    pairing, shelf < state < parts, editor, findings
    editor, parameters < forms; findings, parts < opening, record < corrections, pairing_room
    text < about; state < adoption; parts < exports < offers < outward
    all of these < pages < workbench
"""

from funding.app.workbench import main

__all__ = ["main"]
