"""Says quantities in words that people read: "$244.8bn", "1.74tn yuan", "2.9 %". No rule about claims may live here."""

from __future__ import annotations

import math

from sinorus_corpus.records import Quantity

# Currencies by their ISO 4217 codes, as people write them around a number.
_MONEY = {
    "USD": "${}", "EUR": "€{}", "CNY": "{} yuan", "RUB": "{} roubles", "JPY": "{} yen", "GBP": "£{}",
    "AUD": "{} Australian dollars", "SGD": "{} Singapore dollars", "HKD": "{} Hong Kong dollars",
}  # fmt: skip
_CURRENCIES = {
    "USD": "US dollars", "EUR": "euros", "CNY": "yuan", "RUB": "roubles", "JPY": "yen", "GBP": "pounds",
    "AUD": "Australian dollars", "SGD": "Singapore dollars", "HKD": "Hong Kong dollars",
}  # fmt: skip
_SINGLE = {
    "percent": "{} %", "item": "{}", "rank": "number {}", "times": "{} times", "m3": "{} m³", "km2": "{} km²",
    "bpd": "{} barrels a day", "nmi": "{} nautical miles",
}  # fmt: skip
_PLURAL = {"person": "people", "tonne": "tonnes", "barrel": "barrels", "year": "years", "day": "days", "hour": "hours"}
_SCALES = ((1e12, "tn", " trillion"), (1e9, "bn", " billion"), (1e6, "m", " million"))
_DIGITS = 6
_CHEAP = 10


def say_quantity(quantity: Quantity) -> str:
    """The figure of a quantity with its unit; an empty string where the claim gives none."""
    return "" if quantity.value is None else say_value(quantity.value, quantity.unit)


def say_value(value: float, unit: str) -> str:
    """A value in base units, at most six digits, with its unit; a unit `A/B` is said as A per B."""
    base, *per = unit.split("/")
    if per == ["m3"] and base in _MONEY and abs(value) < _CHEAP:  # gas is priced by the thousand
        return f"{say_value(value * 1000, base)} per 1,000 m³"
    number = _number(abs(value), short=base in _MONEY)
    said = _pattern(base, number).format(number)
    return (
        ("−" if value < 0 else "") + said + "".join(f" per {_SINGLE.get(p, '{}' + p).format('').strip()}" for p in per)
    )


def say_basis(code: str) -> str:
    """The currency that a figure was computed in, by its code."""
    return _CURRENCIES.get(code, code)


def say_period(period: str) -> str:
    """A period as people write it: `2024-01/2024-06` is "2024-01 to 2024-06", `2014/` "since 2014"."""
    first, slash, last = period.partition("/")
    if not slash:
        return period
    return f"{first} to {last}" if first and last else f"since {first}" if first else f"until {last}"


def is_money(unit: str) -> bool:
    """Whether a unit is an amount of money."""
    return unit in _MONEY


def digits(value: float) -> str:
    """The digits of a value as an article would write them, without scale and unit: `244.8` of 244,800,000,000."""
    return _plain(abs(value) / _scale(abs(value))[0])


def rounds_to(fine: float, coarse: float) -> bool:
    """Whether one of two values is the other rounded to its own digits, of which it has at least two."""
    if fine == coarse:
        return True
    for a, b in ((fine, coarse), (coarse, fine)):
        kept = len(f"{abs(b):.12g}".replace(".", "").strip("0").partition("e")[0])
        if kept >= 2 and float(f"{a:.{kept}g}") == b:
            return True
    return False


def _scale(value: float) -> tuple[float, str, str]:
    return next((scale for scale in _SCALES if value >= scale[0] * (1 - 1e-9)), (1.0, "", ""))


def _number(value: float, *, short: bool) -> str:
    size, brief, full = _scale(value)
    return _plain(value / size) + (brief if short else full)


def _plain(value: float) -> str:
    """At most six significant digits, without an exponent and without trailing zeros."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    places = max(0, _DIGITS - 1 - math.floor(math.log10(value)))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _pattern(unit: str, number: str) -> str:
    if unit in _MONEY or unit in _SINGLE:
        return {**_MONEY, **_SINGLE}[unit]
    name = unit if number == "1" else _PLURAL.get(unit, unit)
    return "{} " + name.replace("{", "{{").replace("}", "}}") if name else "{}"
