"""Proposes entities, so that people correct instead of type. Nothing here may make gold or look at a reading.

`names.py` finds the registry's names, `figures.py` dates, money and quantities, `terms.py` domain terms by their heads, whose
words stand in `lexicon.toml`; `spans.py` says what lies beside what; `suggest.py` puts all together and scores it.
"""
