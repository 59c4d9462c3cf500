"""The same functions over millions of articles: shards in, shards out, flat memory. No second implementation of anything.

`options.py` is what a user asks for; `sources.py` finds shards and `reading.py` makes batches of them. `counting.py` counts
over all shards, on disk in `runs.py`, what a page alone cannot tell; `labels.py` brings each label to its shard. `shards.py`
cleans one shard, with `documents.py` and `mentions.py`; `groups.py` groups near-duplicates. `engines.py` runs tasks here or on
a cluster, `memory.py` says what memory their workers keep, `state.py` knows what is done, `summary.py` writes card and report,
and `run.bulk` puts these together. A worker reads of these modules only what its tasks need.
"""
