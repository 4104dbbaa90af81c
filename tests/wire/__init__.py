"""The grammar in docs/wire.md, held against the vectors and against the parsers."""
