"""Hostile texts for property tests: astral characters, combining marks, CRLF, NBSP, bidi, controls, empty lines."""

from __future__ import annotations

from hypothesis import strategies as st

_ODD = [
    *"ab中é\u0301\u0327\u0323ﬁ가각\u1100\u1161\u11a8 \t\r\n\x0b\x1c\x85\u2028\u2029\u00a0\u3000",
    *"\u200b\u200d\u00ad\u202e\u2066\u2069\ufeff\x00\x07\x7f\x9f\U000e0041\ufa10\u212b",
    *"\U0001f469\U0001f3fd\U00010348\U0001d49c\u0915\u094d\u0937\u0646\u0651\u064e\u05d0",
]
HOSTILE = st.text(st.one_of(st.sampled_from(_ODD), st.characters(exclude_categories=["Cs"])), max_size=60)
