"""The workbench: applications in grids, two scenarios side by side, award workbooks.

One file a page, in ``pages``. Pages call the package and draw; what they draw is made by
modules that know no widgets. Within the workbench too a module imports only from before it::

    text < grids, parameters, results < state < parts, forms < pages < workbench
"""

from funding.app.workbench import main

__all__ = ["main"]
