"""Proposes entities, so that people correct instead of type. Nothing here may make gold or look at a reading.

`names.py` finds the registry's names, `figures.py` dates, money and quantities, `terms.py` domain terms by their heads (both read
`lexicon.toml`, whose words come from the guidelines); `suggest.py` puts them together and scores them against gold.
"""
