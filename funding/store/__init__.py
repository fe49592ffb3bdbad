"""The workspace: applications, scenarios, allocations and places, in a database of the user's.

Within the package too a module imports only from before it::

    tables, migrations < opening
    tables < blobs < applications, allocations, place, scenarios
    cells < applications; texts, words < scenarios
    opening and all of these < store
"""

from funding.store.applications import SavedApplications
from funding.store.blobs import Saved
from funding.store.place import Adopted, ListedScenario, Place, SavedPlace, new_window
from funding.store.scenarios import SavedScenario
from funding.store.store import Store
from funding.store.texts import default_author

__all__ = [
    "Adopted",
    "ListedScenario",
    "Place",
    "Saved",
    "SavedApplications",
    "SavedPlace",
    "SavedScenario",
    "Store",
    "default_author",
    "new_window",
]
