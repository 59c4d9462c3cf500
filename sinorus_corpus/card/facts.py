"""What card and Croissant both say of how the data came about and what it is not good for: each statement once, no figures."""

from __future__ import annotations

COLLECTION = """The written articles were written by a language model for this corpus: true public facts, told as web pages \
with their furniture, in six genres. Their records list every statement and figure with its source and say whether that source \
was opened. No words were invented for a real person. The published articles are other people's; of them the dataset holds \
records, labels by offset and digests, and no text."""

CLEANING = """Each line of an article has a type, proposed by a cleaner and reviewed; lines of text are kept, furniture and \
repeated lines are not. Inside kept lines Unicode is put into NFC, invisible controls are removed and any white space becomes a \
space; nothing else is changed, and an alignment leads from every published character back to the article as received."""

ANNOTATION = """Two passes over every article, made blind of each other by language models of one kind from the same written \
guidelines; then their differences were settled one by one, and each decision and later correction is kept in the repository \
beside the passes. Labels lie on the article as received, by code point, with the quote or its digest beside them; every build \
checks them against the text, the schema and one another."""

SPLITTING = """Articles that are nearly the same or quote each other at length share a split, and a document has one split in \
all configs. Clusters may cross splits; pairs may not."""

PERSONAL = """The articles name public figures in their public roles, with what they said or did as publicly reported. There is \
no private person and nothing of anybody's private life."""

USES = [
    "testing systems that find claims, who vouches for them, how sure and how much, on known difficulties",
    "comparing figures of different documents that answer one question",
    "testing cleaners of scraped pages, entity taggers and linkers on this domain",
    "examples for people who write annotation guidelines for claims and attribution",
]

MISUSES = [
    "Do not estimate from it how often anything is written, or how media write: it was made to hold difficulties.",
    "Do not cite a written article as a source, or take its sentences for news: cite the sources that its record lists.",
    "Do not take a label for a finding of fact: labels say what a text asserts, not what is true.",
    "Do not judge or profile people by what is attributed to them here.",
    "Do not report a score on it as agreement with people: the labels are by language models.",
    "Do not train on test or transfer, or on text that was made from them, and then report a score on them.",
]

BIASES = [
    "Articles, labels and passes come from language models of one kind; their habits of wording and judgement are in all three.",
    "The written articles state public facts that sources in English and official statistics report most; Chinese and "
    "Russian sources are told in English.",
    "Difficulties are planted far more often than they occur.",
    "A system of the same kind as the annotators may score well because it errs alike.",
]

LIMITATIONS = [
    "Small: it shows difficulties and tests systems; it is no sample of what is written on the subject.",
    "Weak labels: which claims share a cluster, and the relations that rest on one reading (notes in the repository's "
    "`annotations/clusters.jsonl` say which); who a source is (`who`), where a third reading found most errors; "
    "the wording of a quantity's `variable`, "
    "which is free (compare values and units, not words); `check` and `rel` wherever a claim speaks of the tie only by "
    "implication; comparisons without a figure, which are `quant` and have no quantity.",
    "Entities and claims rest on a single reading unless `status` says `adjudicated`.",
    "English only.",
]
