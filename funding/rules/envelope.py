"""The envelope: the fund cannot spend more than it has."""

from __future__ import annotations

from collections.abc import Iterator

from funding.case import Case, Plan
from funding.linear import Limit, Sense, total
from funding.rules.base import Rule, room_words


class Envelope(Rule):
    """We cannot spend more than we have: Σ x_a ≤ F; by year, Σ x_a q_at / q_a ≤ F_t.

    A year's payments are the awards in the proportions of ``Requested YYYY``. Payments are whole
    units, so F_t counts as u⌊F_t / u⌋. Where the envelope is given by year, a year without an
    envelope pays nothing. Source: every fund; France pays in annual tranches.
    """

    key = "envelope"
    title = "Envelope"
    always = True
    apart = True

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row for the fund, and one for each year where the envelope is given by year."""
        fund = case.fund
        yield Limit(self.key, "", plan.everything(), Sense.AT_MOST, fund.envelope)
        if not fund.envelopes:
            return
        shares = {a: case.applications.payment_shares(a) for a in case.open}
        years = set(fund.envelopes).union(*shares.values())
        for year in sorted(years):
            paid = total((shares[a].get(year, 0), plan.award(a)) for a in case.open)
            whole = fund.envelopes.get(year, 0) // fund.step * fund.step
            yield Limit(self.key, "", paid, Sense.AT_MOST, whole, part=str(year))

    def words(self, limit: Limit, case: Case) -> str:
        """The envelope, or a year's."""
        year = f" of {limit.part}" if limit.part else ""
        return f"the envelope{year}: {room_words(limit, case)}"
