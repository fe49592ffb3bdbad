"""A row of a rule as a spreadsheet can evaluate it: what is used against what is allowed.

Works from the row's own coefficients, so that it needs to know no rule. Terms with a negative
coefficient change sides: ``steered − 0.1 × all ≤ 0`` reads ``steered ≤ 0.1 × all``. Sums over
everything, a stream, a city or a region become sums with conditions; any other long sum
takes its coefficients from a column of sheet Check weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from funding.awards import Allocation
from funding.linear import Exact, Kind, Limit, Quantity
from funding.money import CENTS
from funding.report.ranges import Ranges, column_range, quoted

WEIGHTS = "Check weights"
WEIGHT_HEADERS = ("Activity code", "City code", "Award")
FEW = 6  # terms that a formula names one by one
MOST_COLUMNS = 2_000  # of weights; Excel has 16 384
LONGEST_LITERAL = 200  # characters of text in a formula; Excel takes 255

FORMULA = "live formula"
WEIGHTED = f"live formula over {WEIGHTS}"
STATED = "evaluated exactly by the tool"

Coefficients = Mapping[str, Exact]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a row [cents], and the formula that comes to it; "" for a constant."""

    value: Exact
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a row, and how they were spelt."""

    used: Side
    bound: Side
    how: str


@dataclass(frozen=True, slots=True)
class _Term:
    factor: Exact
    formula: str
    worth: Exact  # of the formula [cents, or 0 and 1]
    unit: int = 1  # by which the factor is divided: cents in a unit, where it is an amount


@dataclass
class Weights:
    """The columns of sheet Check weights, made as rows ask for them."""

    rows: int
    columns: dict[frozenset[tuple[str, Exact]], str] = field(default_factory=dict)

    def formula(self, name: str, coefficients: Coefficients) -> str | None:
        """Σ coefficient × award over a column of weights; None when there are too many."""
        key = frozenset(coefficients.items())
        if key not in self.columns:
            if len(self.columns) == MOST_COLUMNS:
                return None
            self.columns[key] = name
        at = len(WEIGHT_HEADERS) + list(self.columns).index(key)
        award = column_range(WEIGHTS, WEIGHT_HEADERS.index("Award"), self.rows)
        return f"SUMPRODUCT({column_range(WEIGHTS, at, self.rows)},{award})"


class Speller:
    """Spells rows as formulas over the award sheets of one allocation."""

    def __init__(self, allocation: Allocation, ranges: Ranges) -> None:
        self._allocation, self._ranges = allocation, ranges
        self.weights = Weights(ranges.activities)
        self._known = self._sums()
        shares = allocation.applications.payment_shares
        self._years: dict[int, dict[str, Fraction]] = {year: {} for year in allocation.years}
        for code in allocation.case.open:
            for year, share in shares(code).items():
                if year in self._years:
                    self._years[year][code] = share

    def sides(self, limit: Limit, code: str, cell: str) -> Sides:
        """Both sides of a row. ``cell`` holds ``code``, the city or activity that it concerns."""
        cells = {code: cell} if code else {}
        terms = self._terms(limit, cells)
        if terms is None:
            return Sides(Side(limit.left.value(self._allocation.values)), Side(limit.bound), STATED)
        used = _side(0, [term for term in terms if term.factor > 0])
        bound = _side(limit.bound, [_turned(term) for term in terms if term.factor < 0])
        return Sides(used, bound, WEIGHTED if WEIGHTS in used.formula + bound.formula else FORMULA)

    def _sums(self) -> dict[frozenset[str], str]:
        """Set of open activities → the sum of their awards as a formula.

        Closed activities have no award, so that a sum may run over them too.
        """
        given, case, r = self._allocation.applications, self._allocation.case, self._ranges
        award, by_stream, by_city = (r.activity(h) for h in ("Award", "Stream", "City code"))
        formulas: dict[str, set[str]] = {}
        for code in case.open:
            a = given.activities[code]
            region, stream, city = given.cities[a.city].region, quoted(a.stream), quoted(a.city)
            names = [r.total(award, (by_stream, stream))]
            if len(region) <= LONGEST_LITERAL and region.isprintable():
                where = (r.city("Region"), quoted(region))
                names.append(r.total(r.city("Award"), where, text=True))
            names.append(r.total(award))
            names.append(r.total(award, (by_city, city), (by_stream, stream)))
            names.append(r.total(award, (by_city, city)))
            for name in names:
                formulas.setdefault(name, set()).add(code)
        # Where two sums run over the same activities, the shorter formula is easier to read.
        ordered = sorted(formulas.items(), key=lambda item: -len(item[0]))
        return {frozenset(codes): name for name, codes in ordered}

    def _terms(self, limit: Limit, cells: Mapping[str, str]) -> list[_Term] | None:
        """The left side as terms; None where a spreadsheet has no short way to say it."""
        parts: dict[Kind, dict[str, Exact]] = {kind: {} for kind in Kind}
        for quantity, k in limit.left:
            parts[quantity.kind][quantity.code] = k
        bands = {q: k for q, k in limit.left if q.kind is Kind.IN_BAND}
        if parts[Kind.LATER] or sum(quantity.kind.binary for quantity, _ in limit.left) > FEW:
            return None
        terms = [self._funded(code, k, cells) for code, k in parts[Kind.FUNDED].items()]
        terms += [self._served(city, k, cells) for city, k in parts[Kind.CITY_FUNDED].items()]
        terms += [self._banded(quantity, k, cells) for quantity, k in bands.items()]
        terms += self._cities(parts[Kind.CITY_TOTAL], parts[Kind.AWARD], cells)
        for positive in (True, False):
            side = {a: k for a, k in parts[Kind.AWARD].items() if k and (k > 0) is positive}
            found = self._awards(self._name(limit), side, cells) if side else []
            if found is None:
                return None
            terms += found
        return terms

    def _name(self, limit: Limit) -> str:
        rule = self._allocation.scenario.rule(limit.rule)
        names = (rule.title if rule else limit.rule, readable(limit.subject), limit.part)
        return " · ".join(name for name in names if name)

    def _funded(self, code: str, k: Exact, cells: Mapping[str, str]) -> _Term:
        formula = f"({self._ranges.award(cells.get(code) or quoted(code))}>0)"
        return _Term(k, formula, self._allocation.values[Quantity(Kind.FUNDED, code)], CENTS)

    def _banded(self, quantity: Quantity, k: Exact, cells: Mapping[str, str]) -> _Term:
        award = self._ranges.award(_like(quantity.code, cells))
        least, most = (_number(Fraction(amount, CENTS)) for amount in quantity.band)
        formula = f"({award}>={least})*({award}<={most})"
        return _Term(k, formula, self._allocation.values[quantity], CENTS)

    def _served(self, city: str, k: Exact, cells: Mapping[str, str]) -> _Term:
        formula = f"({self._city_sum(city, cells)}>0)"
        worth = self._allocation.values[Quantity(Kind.CITY_FUNDED, city)]
        return _Term(k, formula, worth, CENTS)

    def _city_sum(self, city: str, cells: Mapping[str, str]) -> str:
        r = self._ranges
        return r.total(r.activity("Award"), (r.activity("City code"), _like(city, cells)))

    def _cities(
        self, totals: Coefficients, awards: dict[str, Exact], cells: Mapping[str, str]
    ) -> list[_Term]:
        """Terms of city totals; what has no short name is added to the awards."""
        plans, r = self._allocation.case.open_plans, self._ranges
        same = set(totals.values())
        if len(same) == 1 and len(totals) == len(plans):
            return [_Term(same.pop(), r.total(r.activity("Award")), self._allocation.spent)]
        if len(totals) <= FEW:
            worth = self._allocation.city_totals
            return [
                _Term(k, self._city_sum(city, cells), worth[city]) for city, k in totals.items()
            ]
        for city, k in totals.items():
            for code in plans[city]:
                awards[code] = awards.get(code, 0) + k
        return []

    def _awards(
        self, name: str, side: Coefficients, cells: Mapping[str, str]
    ) -> list[_Term] | None:
        """Terms of awards whose coefficients have one sign."""
        awards, same = self._allocation.awards, set(side.values())
        worth = sum((k * awards[code] for code, k in side.items()), start=Fraction(0))
        if len(side) == 1:
            ((code, k),) = side.items()
            return [_Term(k, self._ranges.award(_like(code, cells)), awards[code])]
        known = self._known.get(frozenset(side)) if len(same) == 1 else None
        if known:
            k = Fraction(same.pop())
            for code, cell in cells.items():
                known = known.replace(f",{quoted(code)}", f",{cell}")
            return [_Term(k, known, worth / k)]
        for year, shares in self._years.items():
            if shares == side:
                paid = sum(parts.get(year, 0) for parts in self._allocation.payments.values())
                return [_Term(1, f"SUM({self._ranges.activity(f'Award {year}')})", paid)]
        if len(side) <= FEW:
            return [
                _Term(k, self._ranges.award(_like(code, cells)), awards[code])
                for code, k in side.items()
            ]
        sign = 1 if worth >= 0 and min(side.values()) > 0 else -1
        formula = self.weights.formula(name, {code: sign * k for code, k in side.items()})
        return None if formula is None else [_Term(sign, formula, sign * worth)]


def readable(subject: str) -> str:
    """A group as it is named in rows, for a reader: ``size_class small`` is Size class small."""
    attribute, space, group = subject.partition(" ")
    return attribute[:1].upper() + attribute[1:].replace("_", " ") + space + group


def _like(code: str, cells: Mapping[str, str]) -> str:
    return cells.get(code) or quoted(code)


def _turned(term: _Term) -> _Term:
    return _Term(-term.factor, term.formula, term.worth, term.unit)


def _side(constant: Exact, terms: list[_Term]) -> Side:
    value = constant + sum((term.factor * term.worth for term in terms), start=Fraction(0))
    if not terms:
        return Side(value)
    texts = [_number(Fraction(constant) / CENTS)] if constant else []
    for term in terms:
        factor = Fraction(term.factor) / term.unit
        texts.append(term.formula if factor == 1 else f"{_number(factor)}*{term.formula}")
    return Side(value, "+".join(texts))


def _number(value: Fraction) -> str:
    """A number in a formula: exact where decimals can be, else to 15 digits."""
    return str(value.numerator) if value.denominator == 1 else format(float(value), ".15g").upper()
