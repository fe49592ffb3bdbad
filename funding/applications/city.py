"""What a city fills in: itself, and the activities of its engagement plan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from funding.applications.columns import CellKind as _K
from funding.applications.columns import Column, Record

Stream = Literal["financing", "training", "coordination"]
STREAMS: tuple[Stream, ...] = ("financing", "training", "coordination")
Coordination = Literal["formal", "ad hoc", "none"]
Benefit = Literal[
    "adapting policies", "collective advocacy", "economic ties", "culture and ideas", "other"
]


class City(Record):
    """An applicant: its people, its own money for engagement, its staff."""

    code: Annotated[
        str,
        Column(
            "City code", _K.CODE, "Short code, unique in the call", required=True, example="GRE"
        ),
    ]
    name: Annotated[
        str, Column("City", _K.TEXT, "Name of the city", required=True, example="Grenoble")
    ]
    legal_identifier: Annotated[
        str,
        Column("Legal identifier", _K.TEXT, "Number in the national register", example="000123456"),
    ] = ""
    region: Annotated[
        str,
        Column(
            "Region",
            _K.TEXT,
            "Region of the country",
            required=True,
            example="Auvergne-Rhône-Alpes",
        ),
    ]
    population: Annotated[
        int,  # P_c [inhabitants]
        Column(
            "Population",
            _K.COUNT,
            "Inhabitants",
            "persons",
            required=True,
            least=1,
            example="158000",
        ),
    ]
    own_budget: Annotated[
        int,  # B_c [cents]
        Column(
            "Own engagement budget",
            _K.MONEY,
            "Own money budgeted for international engagement in the fund's period",
            "currency",
            required=True,
            least=0,
            example="90000.00",
        ),
    ]
    earlier_budget: Annotated[
        int | None,  # [cents]
        Column(
            "Earlier engagement budget",
            _K.MONEY,
            "Own money in the last period of the same length; blank: not known",
            "currency",
            least=0,
            example="85000.00",
        ),
    ] = None
    staff: Annotated[
        int,  # S_c [persons]
        Column(
            "International staff",
            _K.COUNT,
            "Staff who work on international engagement",
            "persons",
            required=True,
            least=0,
            example="4",
        ),
    ]
    trained_staff: Annotated[
        int,  # T_c [persons]
        Column(
            "Staff with relevant training",
            _K.COUNT,
            "Of these, with relevant training",
            "persons",
            required=True,
            least=0,
            example="2",
        ),
    ]
    certified_staff: Annotated[
        int | None,
        Column(
            "Staff certified",
            _K.COUNT,
            "Of these, with a formal certificate; blank: not known",
            "persons",
            least=0,
            example="1",
        ),
    ] = None
    coordination: Annotated[
        Coordination,
        Column(
            "Coordination",
            _K.CHOICE,
            "How the city coordinates with the national government",
            required=True,
            choices=("formal", "ad hoc", "none"),
            example="formal",
        ),
    ]
    coordination_reference: Annotated[
        str,
        Column(
            "Coordination reference",
            _K.TEXT,
            "The agreement, where there is one",
            example="Agreement of 12 March 2024",
        ),
    ] = ""
    latitude: Annotated[
        Decimal | None,
        Column(
            "Latitude",
            _K.DEGREES,
            "North is positive",
            "degrees",
            least=-90,
            most=90,
            example="45.1885",
        ),
    ] = None
    longitude: Annotated[
        Decimal | None,
        Column(
            "Longitude",
            _K.DEGREES,
            "East is positive",
            "degrees",
            least=-180,
            most=180,
            example="5.7245",
        ),
    ] = None


class Activity(Record):
    """One line of an engagement plan: one stream, one cost, one request."""

    code: Annotated[
        str,
        Column(
            "Activity code",
            _K.CODE,
            "Short code, unique in the call",
            required=True,
            example="GRE-1",
        ),
    ]
    city: Annotated[
        str, Column("City code", _K.CODE, "The city that applies", required=True, example="GRE")
    ]
    title: Annotated[
        str,
        Column(
            "Title",
            _K.TEXT,
            "What is to be done",
            required=True,
            example="Saving water together with Sfax",
        ),
    ]
    description: Annotated[
        str,
        Column(
            "Description",
            _K.TEXT,
            "In a few sentences",
            example="Two exchanges a year between the water services of both cities",
        ),
    ] = ""
    stream: Annotated[
        Stream,
        Column(
            "Stream",
            _K.CHOICE,
            "What the fund is asked for",
            required=True,
            choices=STREAMS,
            example="financing",
        ),
    ]
    theme: Annotated[
        str, Column("Theme", _K.TEXT, "Field of policy", required=True, example="water")
    ]
    main_benefit: Annotated[
        Benefit | None,
        Column(
            "Main benefit",
            _K.CHOICE,
            "What the city gets out of it",
            choices=(
                "adapting policies",
                "collective advocacy",
                "economic ties",
                "culture and ideas",
                "other",
            ),
            example="adapting policies",
        ),
    ] = None
    partner: Annotated[
        str, Column("Partner", _K.TEXT, "Partner city or network", example="Sfax")
    ] = ""
    partner_countries: Annotated[
        tuple[str, ...],
        Column(
            "Partner country",
            _K.COUNTRIES,
            "ISO 3166 two-letter codes, several separated by ;",
            example="TN",
        ),
    ] = ()
    start: Annotated[
        dt.date | None, Column("Start", _K.DATE, "First day", example="2026-03-01")
    ] = None
    end: Annotated[dt.date | None, Column("End", _K.DATE, "Last day", example="2027-02-28")] = None
    total_cost: Annotated[
        int,  # [cents]
        Column(
            "Total cost",
            _K.MONEY,
            "Requested + Own cash + Own in kind + Other funding, to the cent",
            "currency",
            required=True,
            least=0,
            example="40000.00",
        ),
    ]
    requested: Annotated[
        int,  # q_a [cents]
        Column(
            "Requested",
            _K.MONEY,
            "Asked of the fund; more than 0",
            "currency",
            required=True,
            least=0,
            example="20000.00",
        ),
    ]
    minimum_viable: Annotated[
        int | None,  # m_a [cents]
        Column(
            "Minimum viable",
            _K.MONEY,
            "The least award that makes the activity worth doing; blank: any part is useful",
            "currency",
            least=0,
            example="12000.00",
        ),
    ] = None
    own_cash: Annotated[
        int,  # [cents]
        Column(
            "Own cash",
            _K.MONEY,
            "The city's own money for this activity",
            "currency",
            required=True,
            least=0,
            example="15000.00",
        ),
    ]
    own_in_kind: Annotated[
        int,  # [cents]
        Column(
            "Own in kind",
            _K.MONEY,
            "Staff time, rooms … valued",
            "currency",
            least=0,
            example="3000.00",
        ),
    ] = 0
    other_funding: Annotated[
        int,  # [cents]
        Column(
            "Other funding",
            _K.MONEY,
            "From anyone else, national money included",
            "currency",
            least=0,
            example="2000.00",
        ),
    ] = 0
    people_to_be_certified: Annotated[
        int,  # n_a [persons]
        Column(
            "People to be certified",
            _K.COUNT,
            "Training: staff who will be certified",
            "persons",
            least=0,
            example="0",
        ),
    ] = 0
    # (year, cents); together the whole request. Columns "Requested 2026", "Requested 2027", …
    requested_by_year: tuple[tuple[int, int], ...] = ()
