"""A third reading of a sample of gold: drawn, asked, received, counted. No gold is changed here.

`sampling.py` draws labels and paragraphs, `controls.py` alters a share of them, `tasks.py` writes what readers work from,
`answers.py` takes in what they say, `figures.py` counts it and `report.py` shows the figures.
"""
