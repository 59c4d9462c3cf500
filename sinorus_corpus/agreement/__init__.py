"""How well two readings of the same documents agree: pure measures on records. No I/O, no printing, no reference to a corpus.

`matching.py` finds which spans belong together, `spans.py` counts them, `characters.py` has alpha, `attributes.py` kappa,
`chains.py` attribution, `clusters.py` relations; `bootstrap.py` makes figures with intervals of counts per document;
`tallies.py` says what is measured of each layer; `disagreements.py` lists where two readings differ.

Every measure is a function of counts that add up over documents, so that a figure for any group of documents, and for any
resample of them, is that function of a sum. Where a measure is not defined its value is NaN, never 0 or 1 by convention:

* both readings empty: F1 has no value (0/0), and the document weighs nothing in a sum;
* one reading empty: F1 is 0; alpha is what it is, about 0; kappa has no value, since nothing matches;
* nothing but one value in both readings: kappa and alpha have no value, since chance alone would give full agreement;
* one annotator, or one document read once: there is no pair, and so no figure at all.
"""
