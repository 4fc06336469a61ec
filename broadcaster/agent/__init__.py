"""What runs beside the loudspeakers. `town_player.py` is one file that needs Python 3.8 and nothing of ours."""
