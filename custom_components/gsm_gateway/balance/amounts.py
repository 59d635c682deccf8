"""Reading digits with marks as an amount, by the habits of the currency."""

from decimal import Decimal
import re
from typing import Final

from .folding import words

_WHOLE: Final = words(
    "BIF CLP COP DJF GNF HUF IDR IQD IRR ISK JPY KHR KMF KPW KRW LAK LBP MGA MMK PYG RWF SLL"
    " SYP TZS UGX UZS VND VUV XAF XOF XPF YER"
)
"""Currencies that are written without hundredths, whatever ISO 4217 says."""

_THOUSANDTHS: Final = words("BHD JOD KWD LYD OMR TND")

_DOT_GROUPS: Final = words(
    "ALL ANG AOA ARS BAM BOB BRL CRC CVE DKK EUR MDL MKD MZN PAB RON RSD TRY UYU VES XCG"
)
"""Currencies whose thousands are set off by a dot."""

_COMMA_GROUPS: Final = words(
    "AED AFN AUD BBD BDT BMD BND BSD BTN BWP BZD CAD CNY CUP DOP EGP ERN ETB FJD FKP GBP GHS"
    " GIP GMD GTQ GYD HKD HNL HTG ILS INR JMD KES KYD LKR LRD LSL MNT MOP MUR MVR MWK MXN"
    " MYR NAD NGN NIO NPR NZD PEN PGK PHP PKR QAR SAR SBD SCR SDG SGD SLE SOS SSP SZL THB TOP"
    " TTD TWD USD VUV WST XCD ZAR ZMW ZWG"
)
"""Currencies whose thousands are set off by a comma."""

_AS_ENGLISH: Final = words("IE MT")
"""Euro countries that write as the English do."""

_LONGEST: Final = 24
_LONGEST_FRACTION: Final = 4
_LARGEST: Final = Decimal(10) ** 12
_MARK: Final = re.compile(r"[^0-9]")


def read_amount(
    digits: str, currency: str | None, country: str | None
) -> Decimal | None:
    """Return the value of digits with marks, `None` where it is not certain.

    `currency` is the one the amount is in, as far as is known.
    """
    if len(digits) > _LONGEST:
        return None
    marks = _MARK.findall(digits)
    groups = _MARK.split(digits)
    if not marks:
        return _value(digits, "")
    last = marks[-1]
    if len(set(marks)) == 1:
        fraction = len(marks) == 1 and _is_fraction(groups, last, currency, country)
        if fraction is None:
            return None
    elif last in ".,٫$" and marks.count(last) == 1 and len(set(marks)) == 2:
        fraction = True
    else:
        return None
    whole = groups[:-1] if fraction else groups
    if len(whole) > 1 and not _well_grouped(whole):
        return None
    return _value("".join(whole), groups[-1] if fraction else "")


def may_be_exact(value: Decimal, currency: str | None) -> bool:
    """Tell whether an amount is written to the smallest unit that its currency has."""
    return currency in _WHOLE or value.as_tuple().exponent != 0


def _value(whole: str, fraction: str) -> Decimal | None:
    if len(fraction) > _LONGEST_FRACTION:
        return None
    value = Decimal(f"{whole}.{fraction}" if fraction else whole)
    return value if value < _LARGEST else None


def _well_grouped(groups: list[str]) -> bool:
    """Tell whether groups are of three digits, or of two before a last three (India)."""
    first, *rest = groups
    if not 1 <= len(first) <= 3 or first.startswith("0") or len(rest[-1]) != 3:
        return False
    return all(len(group) == 3 for group in rest) or (
        len(first) <= 2 and all(len(group) == 2 for group in rest[:-1])
    )


def _is_fraction(
    groups: list[str], mark: str, currency: str | None, country: str | None
) -> bool | None:
    """Tell whether what follows the only mark is a fraction, `None` if that is open."""
    whole, behind = groups
    if mark in " '٬":
        return False
    if mark == "٫" or len(behind) != 3 or len(whole) > 3 or not whole.strip("0"):
        return True
    return _by_custom(mark, currency, country)


def _by_custom(mark: str, currency: str | None, country: str | None) -> bool | None:
    """Tell whether three digits behind a dot or comma are a fraction in that currency."""
    dot = mark == "."
    if currency in _WHOLE:
        fraction: bool | None = False
    elif currency in _THOUSANDTHS:
        fraction = True if dot or currency == "TND" else None
    elif currency in _COMMA_GROUPS or (currency == "EUR" and country in _AS_ENGLISH):
        many_habits = currency == "USD" and country != "US"
        fraction = (None if many_habits else True) if dot else False
    elif currency in _DOT_GROUPS:
        fraction = False if dot else None
    else:
        fraction = None
    return fraction
