"""The staff's workplace: every page below `/desk`, each for those whose role allows what it is for."""

from __future__ import annotations

from flask import Blueprint


def rooms() -> tuple[Blueprint, ...]:
    """Every part of the workplace, in the order of its navigation."""
    from broadcaster.web.desk.account import account
    from broadcaster.web.desk.airtime import airtime
    from broadcaster.web.desk.alerts import alerts
    from broadcaster.web.desk.articles import articles
    from broadcaster.web.desk.first_run import first_run
    from broadcaster.web.desk.front import front
    from broadcaster.web.desk.operator import operator
    from broadcaster.web.desk.papers import papers
    from broadcaster.web.desk.people import people
    from broadcaster.web.desk.plan import PLAN_ROOMS
    from broadcaster.web.desk.reading import reading
    from broadcaster.web.desk.single_sign_on import single_sign_on
    from broadcaster.web.desk.station import STATION_ROOMS
    from broadcaster.web.desk.watch import watch

    return (
        front,
        *PLAN_ROOMS,
        first_run,
        operator,
        articles,
        reading,
        airtime,
        papers,
        *STATION_ROOMS,
        alerts,
        watch,
        people,
        account,
        single_sign_on,
    )
