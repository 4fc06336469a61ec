"""The commands of `python -m audio`, one file each."""
