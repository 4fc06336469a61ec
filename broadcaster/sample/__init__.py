"""A town to try things on: its units, its station and its articles, with invented people."""
