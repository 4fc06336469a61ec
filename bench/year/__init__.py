"""A year of a station, lived through in minutes by the real use cases, with players that lose whatever can be lost."""
