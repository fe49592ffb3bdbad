"""What a grant must look like before it is written as 360Giving data.

Our own, narrower description of the part of the 360Giving Data Standard 1.4.3 that is written
here: no other field, no blank text, dates as days. A test holds it and what is written to the
schema of the standard itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jsonschema import Draft202012Validator

VERSION = "1.4.3"  # of the 360Giving Data Standard

_CODES = """
ADP AED AFA AFN ALK ALL AMD ANG AOA AOK AON AOR ARA ARP ARS ARY ATS AUD AWG AYM AZM AZN BAD
BAM BBD BDT BEC BEF BEL BGJ BGK BGL BGN BHD BIF BMD BND BOB BOP BOV BRB BRC BRE BRL BRN BRR
BSD BTN BUK BWP BYB BYN BYR BZD CAD CDF CHC CHE CHF CHW CLF CLP CNY COP COU CRC CSD CSJ CSK
CUC CUP CVE CYP CZK DDM DEM DJF DKK DOP DZD ECS ECV EEK EGP ERN ESA ESB ESP ETB EUR FIM FJD
FKP FRF GBP GEK GEL GHC GHP GHS GIP GMD GNE GNF GNS GQE GRD GTQ GWE GWP GYD HKD HNL HRD HRK
HTG HUF IDR IEP ILP ILR ILS INR IQD IRR ISJ ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD
KYD KZT LAJ LAK LBP LKR LRD LSL LSM LTL LTT LUC LUF LUL LVL LVR LYD MAD MDL MGA MGF MKD MLF
MMK MNT MOP MRO MRU MTL MTP MUR MVQ MVR MWK MXN MXP MXV MYR MZE MZM MZN NAD NGN NIC NIO NLG
NOK NPR NZD OMR PAB PEH PEI PEN PES PGK PHP PKR PLN PLZ PTE PYG QAR RHD ROK ROL RON RSD RUB
RUR RWF SAR SBD SCR SDD SDG SDP SEK SGD SHP SIT SKK SLL SOS SRD SRG SSP STD STN SUR SVC SYP
SZL THB TJR TJS TMM TMT TND TOP TPE TRL TRY TTD TWD TZS UAH UAK UGS UGW UGX USD USN USS UYI
UYN UYP UYU UZS VEB VEF VES VNC VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XDR XEU XFO XFU
XOF XPD XPF XPT XRE XSU XTS XUA XXX YDD YER YUD YUM YUN ZAL ZAR ZMK ZMW ZRN ZRZ ZWC ZWD ZWL
ZWN ZWR
"""
CURRENCIES = frozenset(_CODES.split())  # ISO 4217, some of them out of use

_TEXT = {"type": "string", "minLength": 1}
_DAY = {"type": "string", "format": "date"}
_MONEY = {"type": "number", "exclusiveMinimum": 0}


def _closed(properties: dict[str, Any], optional: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _one(properties: dict[str, Any], optional: Sequence[str] = ()) -> dict[str, Any]:
    """A list of exactly one such object."""
    items = _closed(properties, optional)
    return {"type": "array", "items": items, "minItems": 1, "maxItems": 1}


GRANT = _closed(
    {
        "id": _TEXT,
        "title": _TEXT,
        "description": _TEXT,
        "currency": {"enum": sorted(CURRENCIES)},
        "amountAppliedFor": _MONEY,
        "amountAwarded": _MONEY,
        "awardDate": _DAY,
        "plannedDates": _one({"startDate": _DAY, "endDate": _DAY}, ("startDate", "endDate")),
        "recipientOrganization": _one({"id": _TEXT, "name": _TEXT}),
        "fundingOrganization": _one({"id": _TEXT, "name": _TEXT}),
        "grantProgramme": _one({"code": _TEXT, "title": _TEXT}),
    },
    ("plannedDates",),
)
_PACKAGE = _closed({"grants": {"type": "array", "items": GRANT, "minItems": 1}})
_VALIDATOR = Draft202012Validator(_PACKAGE, format_checker=Draft202012Validator.FORMAT_CHECKER)


def require_valid(package: dict[str, Any]) -> None:
    """Raise ValueError where grants are not as described here, or two have one identifier.

    The faults of the workbook were told before: what is found here is a slip of ours, and keeps
    it from being published.
    """
    for error in _VALIDATOR.iter_errors(package):
        raise ValueError(f"360Giving, {error.json_path}: {error.message}")
    identifiers = [grant["id"] for grant in package["grants"]]
    if len(set(identifiers)) < len(identifiers):
        raise ValueError("360Giving: two grants have one identifier")
