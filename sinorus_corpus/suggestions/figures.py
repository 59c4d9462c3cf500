"""Finds dates, money and quantities by the rules of section 3.3 of the guidelines. No names and no domain terms may live here.

The patterns are for text in which `names.same_length` has made spaces, apostrophes and dashes one kind. English, and dates
written in Chinese characters. Where two readings overlap, the longer wins, then the date, then money.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import regex

from sinorus_corpus.records import Span
from sinorus_corpus.suggestions.spans import Found, Placed, longest_first

_GRAMMAR = r"""
(?(DEFINE)
(?P<month>January|February|March|April|May|June|July|August|September|October|November|December
  |(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.)
(?P<sure_month>(?!May\b|March\b)(?&month)
  |(?<=\b(?i:(?:in|since|until|by|from|of|to|last|this|next|and|before|after|during)\ |(?:early|late|mid)[\ -]))(?:May|March))
(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)
(?P<day>(?:3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?(?![\d%]))
(?P<year>(?:1[5-9]|20)\d\d(?!\d))
(?P<years>(?&year)(?:-(?:(?&year)|\d\d))?)
(?P<span>days?|weeks?|months?|quarters?|years?|decades?|centur(?:y|ies))
(?P<season>spring|summer|autumn|fall|winter)
(?P<part>(?:early|late|mid)[\ -]|(?:(?:very\ )?end|beginning|start|middle)\ of\ (?:the\ )?
  |(?:first|second|third|fourth|last)\ (?:(?&count)\ )?(?:half|quarter|third|(?&span))\ of\ (?:the\ )?)
(?P<monthday>(?&day)(?:(?:-|\ to\ |\ and\ )(?&day))?\ (?&month)|(?&month)\ (?&day)(?:-(?&day))?)
(?P<date>(?:(?&weekday),?\ )?(?&monthday)(?:,?\ (?&year))?
  |(?&month)(?:(?:-|\ to\ |\ and\ )(?&month))?,?\ (?&years)
  |(?&sure_month)(?:(?:-|\ to\ )(?&month))?
  |(?&year)s|(?:\d\d?(?:st|nd|rd|th)|(?:six|seven|eigh|nine)teenth|twent(?:ieth|y-first))\ century
  |(?&season)\ (?:of\ )?(?&year)|(?&weekday)|(?<!\b(?!(?&opener)\ )\p{Lu}[\p{Ll}]+\ )(?&years))
(?P<opener>In|By|Since|From|Until|Till|During|Between|After|Before|To|Of|On|For|And|But|Around|About|The|Through|Throughout)
(?P<relative>(?i:last|next|this|past)\ (?:week(?:end)?|month|quarter|year|decade|century|(?&season)|(?&weekday)|(?&month))
  |(?:last|past|next|coming)\ (?&count)\ (?&span))

(?P<small>(?i:three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen
  |(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?))
(?P<digits>(?:\d{1,3}(?:,\d{3}){1,6}|\d{1,20}+)(?:\.\d{1,20})?)
(?P<scale>hundred|thousand|million|billion|trillion)
(?P<scaled>(?:(?&digits)|(?&small)|one|two|a)\ (?&scale)(?:\ (?&scale))?|(?&digits)(?:bn|mn|tn|m|k)\b)
(?P<count>(?&scaled)|(?&digits)|(?&small)|one|two)
(?P<figure>[-+]?(?&scaled)|[-+]?(?&digits)|(?&small))
(?P<range>[-+]?(?:(?<=\bbetween\ )(?&count)\ and\ (?&count)|(?!(?&year)\ )(?&count)(?:-|\ to\ |\ or\ )(?&count)|(?&count)))
(?P<per>\ (?:a|an|per|each)\ (?:barrel|day|week|month|year|hour|second|tonne|ton|head|kilogram|litre|cubic\ metre)
  |/(?:year|day|month|barrel|tonne))
(?P<sign>(?:US|HK|A|C)?[$€£¥₽])
(?P<code>(?:USD|EUR|CNY|RMB|RUB|GBP|JPY)\b)
(?P<currency>(?:(?:US|U\.S\.|Hong\ Kong)\ )?(?:dollars?|yuan|renminbi|rou?bles?|euros?|yen|pounds?|won|rupees?|tenge)\b|(?&code))
(?P<amount>(?&sign)\ ?(?&range)(?:-(?&sign)(?&range))?|(?&code)\ ?(?&range)|(?&range)\ (?&currency))
(?P<length>(?:nautical\ |square\ |cubic\ )?(?:(?:kilo|milli|centi|nano)?met(?:re|er)s?|miles?)
  |km|mm|cm|nm|sq\ km|hectares?|acres?)
(?P<measure>(?&length)|(?:metric\ )?(?:tonnes?|tons?)|kg|kilograms?|lit(?:re|er)s?|barrels?
  |bpd|bcm|TEUs?|(?:GPU\ )?hours?|minutes?|seconds?
  |(?&span)|degrees?|(?:mega|giga|kilo)watts?(?:[\ -]hours?)?|[MGk]Wh?|knots?|times|per\ cent|percent(?:age\ points?)?)
)
"""

_DATE = r"""
(?<![\w/]|\w(?<!\b(?i:pre|post))-) (?: (?:(?:earlier|later|early|late)\ )?(?&relative)
 | (?&part)(?:(?&relative)|(?&date)) | (?&date)
 | (?:(?&count)|a|several)\ (?&span)\ ago
 | \b(?:1[0-2]|[1-9])(?:[:.][0-5]\d)?\ ?(?:am|pm|a\.m\.|p\.m\.)
 | (?:Lunar\ |Chinese\ )?New\ Year(?:'s\ (?:Day|Eve))?|Victory\ Day|Christmas(?:\ (?:Day|Eve))?|yesterday|tomorrow|today
 ) (?![\w/]|-\d|\.\d|,\d)
 | \d{4}年(?:\d\d?月(?:\d\d?日)?)?
"""
_MONEY = r"""
(?<![\w.,/]) (?&amount)(?&per)?(?:\ to\ the\ (?:dollar|euro|yuan|rou?ble))? (?![\w%]|[.,]\d)
"""
_QUANTITY = r"""
(?<![\w.,/$€£¥₽+-]) (?: (?&range)(?:\ ?%|[\ -](?&measure)(?:\ \(\w+\))?)(?&per)?
 | (?<!(?i:article|number|no\.|chapter|pages?|note|figure|table|section|aged?|phase|package|resolution|version)\ )
   (?!(?&year)\b)(?&figure)(?&per)?
 | (?:two|three)[\ -](?:thirds|quarters|fifths) | (?<=\ba\ |\bone[-\ ])(?:third|quarter|fifth|tenth)(?=\ of\b)
 | half(?=\ (?:of|the|a|its|their)\b|[.,;])
 | (?:two|three|four|five|six|seven|eight|nine|ten|(?&small))fold
 ) (?![\w]|[.,/:]\d|-[\d\p{L}])
 | (?<=\()\d{1,3}(?=-\d{1,3}-\d{1,3}\)) | (?<=\(\d{1,3}-)\d{1,3}(?=-\d{1,3}\)) | (?<=\(\d{1,3}-\d{1,3}-)\d{1,3}(?=\))
"""
# A figure that borrows its currency from an amount before it in the sentence: "from 40 billion yuan to [50 billion]".
_BORROWED = r"(?<![\w.,/]) (?&scaled) (?=[.,;:)]|\ (?:in|to|and|from|by|on|at|over|under|a|for|or|if|is|was|the)\b|$)"


@cache
def _pattern(body: str) -> Any:
    return regex.compile(_GRAMMAR + body, regex.VERBOSE)


def find_figures(text: str, areas: Sequence[Span], *, date: str, money: str, quantity: str) -> list[Found]:
    """Dates, amounts and other figures in these areas, none of them overlapping.

    Args:
        text: normalised by `names.same_length`.
        date, money, quantity: the labels to give.
    """
    kinds = ((_DATE, date), (_MONEY, money), (_QUANTITY, quantity))
    found = [
        Found(Span(*m.span()), label) for a in areas for body, label in kinds for m in _pattern(body).finditer(text, *a)
    ]
    kept = Placed()
    for each in longest_first(sorted(found, key=lambda f: (date, money, quantity).index(f.label))):
        if not kept.touching(each.span):
            kept.add(each)
    return _borrowing(text, kept.in_order(), money, quantity)


def _borrowing(text: str, found: list[Found], money: str, quantity: str) -> list[Found]:
    made: list[Found] = []
    amount: Found | None = None
    for each in found:
        if amount is not None and regex.search(r"[.!?]\s|\n", text, pos=amount.span.end, endpos=each.span.start):
            amount = None
        if each.label == quantity and amount is not None and _pattern(_BORROWED).match(text, each.span.start):
            each = each._replace(label=money)
        if each.label == money:
            amount = each
        made.append(each)
    return made
