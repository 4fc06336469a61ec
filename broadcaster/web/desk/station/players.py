"""Players and programs: who holds a key, what they last said, and new keys that are shown once."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField

from broadcaster.access import Act
from broadcaster.errors import BroadcasterError
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.models import Technology
from broadcaster.players import Keys, add_player, all_players, revoke_player, rotate_keys
from broadcaster.publishing.addresses import Addresses
from broadcaster.web.desk.forms import HouseForm
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, page, settings, station_zone
from broadcaster.web.desk.paging import page_of_list
from broadcaster.web.desk.station.choices import CODE, NAME, zones_to_choose
from broadcaster.web.desk.words import technology_words

players = Blueprint("players", __name__, url_prefix=DESK + "/station/players")


class PlayerForm(HouseForm):
    """A loudspeaker cluster's device, or an operator's computer."""

    code = StringField(_("Mã"), CODE)
    name = StringField(_("Tên cụm loa"), NAME)
    zone = SelectField(_("Địa bàn"))
    technology = SelectField(_("Kỹ thuật"))

    def offer(self, books: Session) -> None:
        """Fills the choices."""
        self.zone.choices = zones_to_choose(books)
        self.technology.choices = [(one.value, technology_words(one)) for one in Technology]


@players.get("")
@allowed(Act.CHANGE_SETTINGS, Act.SEE_HEALTH)
def everybody() -> Response:
    """Every player, with what it last said of itself. Its keys are not among it."""
    with books_reading() as books:
        return page("desk/station/players.html", players=page_of_list(all_players(books)))


@players.get("/new")
@allowed(Act.CHANGE_SETTINGS)
def new_player() -> Response:
    """The form for a player."""
    return _form_page(PlayerForm())


@players.post("/new")
@allowed(Act.CHANGE_SETTINGS)
def player_made() -> Response:
    """Makes the player and shows its keys, once."""
    form = PlayerForm()
    with books_reading() as books:
        form.offer(books)
    if form.validate():
        try:
            with books_writing() as books:
                keys = add_player(
                    books,
                    form.code.data,
                    name=form.name.data.strip(),
                    zone_code=form.zone.data,
                    technology=Technology(form.technology.data),
                    by=user().name,
                    now=moment(),
                )
        except BroadcasterError as refused:
            form.refuse(form.code, str(refused))
        else:
            return _keys_page(keys)
    return _form_page(form, status=422)


@players.post("/<player_code>/rotate")
@allowed(Act.CHANGE_SETTINGS)
def rotated(player_code: str) -> Response:
    """Gives the player new keys; the old ones end at once."""
    with books_writing() as books:
        keys = rotate_keys(books, player_code, read_key=True, token=True, by=user().name, now=moment())
    return _keys_page(keys)


@players.post("/<player_code>/revoke")
@allowed(Act.CHANGE_SETTINGS)
def revoked(player_code: str) -> Response:
    """Ends the player's keys."""
    with books_writing() as books:
        revoke_player(books, player_code, by=user().name, now=moment())
    flash(gettext("Đã thu hồi khóa của {code}.", code=player_code))
    return redirect(url_for("players.everybody"))


def _form_page(form: PlayerForm, *, status: int = 200) -> Response:
    with books_reading() as books:
        form.offer(books)
    title, back = gettext("Thêm máy phát"), url_for("players.everybody")
    return page("desk/station/form.html", status=status, form=form, title=title, back=back)


def _keys_page(keys: Keys) -> Response:
    addresses = Addresses(settings().public_url, station_zone())
    manifest = addresses.url(addresses.manifest(keys.read_key))
    return page("desk/station/keys.html", code=keys.code, manifest=manifest, token=keys.token)
