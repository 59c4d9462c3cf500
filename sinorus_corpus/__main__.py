"""`python -m sinorus_corpus`."""

from sinorus_corpus.cli import main

main()
