"""Settings of the station: places, sessions and days, units, lexicon, players and keys, feeds, voices."""

from flask import Blueprint

from broadcaster.web.desk.station.lexicon import lexicon
from broadcaster.web.desk.station.overview import overview
from broadcaster.web.desk.station.places import places
from broadcaster.web.desk.station.players import players
from broadcaster.web.desk.station.timetable import timetable
from broadcaster.web.desk.station.units import units

STATION_ROOMS: tuple[Blueprint, ...] = (overview, places, timetable, units, lexicon, players)

__all__ = ["STATION_ROOMS"]
