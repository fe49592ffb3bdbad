"""Open data from an award workbook: 360Giving, and the French essential grant data.

Within the package too a module imports only from before it::

    organisations < facts < grants < schema < giving, subventions < publication
"""

from funding.publish.facts import CityFacts, Facts, cities_in, read_cities
from funding.publish.publication import STANDARDS, Publication, publication

__all__ = [
    "STANDARDS",
    "CityFacts",
    "Facts",
    "Publication",
    "cities_in",
    "publication",
    "read_cities",
]
