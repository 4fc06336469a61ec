"""`players` and `tokens`: who may pull, report, send in and read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import click

from broadcaster import integrations
from broadcaster import players as use_cases
from broadcaster.cli.house import COMMAND_LINE, House, housed
from broadcaster.language import gettext as _
from broadcaster.models import ApiToken, Player, Scope, Technology
from broadcaster.players import Keys
from broadcaster.publishing import publish
from broadcaster.publishing.addresses import Addresses


@click.group()
def players() -> None:
    """Máy phát: cấp khóa, xem tình trạng, thu hồi."""


@players.command("add")
@click.argument("code")
@click.option("--name", required=True, help=_("Tên để mọi người nhận ra, ví dụ «Cụm loa Chợ Nghệ»."))
@click.option("--zone", "zone_code", required=True, help=_("Mã địa bàn."))
@click.option("--technology", type=click.Choice(list(Technology)), default=Technology.IP, help=_("Đường dẫn tới loa."))
@housed
def add(house: House, code: str, name: str, zone_code: str, technology: str) -> None:
    """Thêm máy phát CODE; khóa chỉ hiện một lần."""
    with house.database.writing() as session:
        keys = use_cases.add_player(
            session,
            code,
            name=name,
            zone_code=zone_code,
            technology=Technology(technology),
            by=COMMAND_LINE,
            now=house.now,
        )
    publish(house.database, house.settings, house.voice, now=house.now)
    _show_keys(house, keys)


@players.command("list")
@click.option("--addresses", is_flag=True, help=_("Hiện cả địa chỉ danh mục của từng máy (là bí mật)."))
@housed
def list_players(house: House, addresses: bool) -> None:
    """Các máy phát và tình trạng của chúng."""
    with house.database.reading() as session:
        rows = [_document(house, player, addresses) for player in use_cases.all_players(session)]
        lines = [_line(house, player, addresses) for player in use_cases.all_players(session)]
    house.answer({"players": rows}, *(lines or [_("Chưa có máy phát nào")]))


@players.command("rotate")
@click.argument("code")
@click.option("--read-key", is_flag=True, help=_("Đổi cả địa chỉ danh mục."))
@click.option("--keep-token", is_flag=True, help=_("Giữ khóa ghi, chỉ đổi địa chỉ danh mục."))
@housed
def rotate(house: House, code: str, read_key: bool, keep_token: bool) -> None:
    """Cấp khóa mới cho máy phát CODE; khóa cũ hết hiệu lực ngay. Máy đã thu hồi được dùng lại."""
    with house.database.writing() as session:
        keys = use_cases.rotate_keys(
            session, code, read_key=read_key or keep_token, token=not keep_token, by=COMMAND_LINE, now=house.now
        )
    publish(house.database, house.settings, house.voice, now=house.now)
    _show_keys(house, keys)


@players.command("revoke")
@click.argument("code")
@housed
def revoke(house: House, code: str) -> None:
    """Thu hồi mọi khóa của máy phát CODE; danh mục của nó biến mất ngay."""
    with house.database.writing() as session:
        done = use_cases.revoke_player(session, code, by=COMMAND_LINE, now=house.now)
    publish(house.database, house.settings, house.voice, now=house.now)
    words = _("Đã thu hồi máy phát {code}", code=code) if done else _("Máy phát {code} đã thu hồi từ trước", code=code)
    house.answer({"code": code, "revoked": done}, words)


@click.group()
def tokens() -> None:
    """Khóa của phần mềm các đơn vị và hệ thống khác."""


@tokens.command("add")
@click.argument("name")
@click.option("--scope", "scopes", type=click.Choice(list(Scope)), multiple=True, required=True, help=_("Quyền."))
@click.option("--unit", "unit_code", default=None, help=_("Chỉ thấy và gửi bài của đơn vị này."))
@housed
def add_token(house: House, name: str, scopes: tuple[str, ...], unit_code: str | None) -> None:
    """Cấp khóa NAME; khóa chỉ hiện một lần."""
    with house.database.writing() as session:
        fresh = integrations.make_token(
            session, name, [Scope(scope) for scope in scopes], unit_code=unit_code, by=COMMAND_LINE, now=house.now
        )
    document = {"name": name, "scopes": list(scopes), "unit": unit_code, "token": fresh.text}
    house.answer(document, _("Khóa {name} (chỉ hiện một lần): {token}", name=name, token=fresh.text))


@tokens.command("list")
@housed
def list_tokens(house: House) -> None:
    """Các khóa đã cấp, chỉ với phần đầu để phân biệt."""
    with house.database.reading() as session:
        rows = [_token_document(row) for row in integrations.all_tokens(session)]
    lines = [_token_line(row) for row in rows]
    house.answer({"tokens": rows}, *(lines or [_("Chưa cấp khóa nào")]))


@tokens.command("revoke")
@click.argument("name")
@housed
def revoke_token(house: House, name: str) -> None:
    """Thu hồi khóa NAME."""
    with house.database.writing() as session:
        done = integrations.revoke_token(session, name, by=COMMAND_LINE, now=house.now)
    words = _("Đã thu hồi khóa {name}", name=name) if done else _("Khóa {name} đã thu hồi từ trước", name=name)
    house.answer({"name": name, "revoked": done}, words)


def _manifest_url(house: House, read_key: str) -> str:
    addresses = Addresses(house.settings.public_url, house.settings.zone_info)
    return addresses.url(addresses.manifest(read_key))


def _show_keys(house: House, keys: Keys) -> None:
    url = _manifest_url(house, keys.read_key)
    lines = [_("Địa chỉ danh mục của {code} (giữ kín): {url}", code=keys.code, url=url)]
    if keys.token is not None:
        lines.append(_("Khóa ghi của máy phát {code} (chỉ hiện một lần): {token}", code=keys.code, token=keys.token))
    house.answer({"code": keys.code, "manifest": url, "token": keys.token}, *lines)


def _document(house: House, player: Player, addresses: bool) -> dict[str, object]:
    status = player.status
    return {
        "code": player.code,
        "name": player.name,
        "zone": player.zone.code,
        "technology": player.technology,
        "token_prefix": player.token_prefix,
        "revoked_at": _instant(player.revoked_at),
        "heard_at": _instant(status.heard_at) if status else None,
        "pulled_at": _instant(status.pulled_at) if status else None,
        "skew_ms": status.skew_ms if status else None,
        "valid_until": _instant(status.valid_until) if status else None,
        "holds": status.holds if status else [],
        "airings_waiting": status.airings_waiting if status else 0,
        "airings_rejected": status.airings_rejected if status else 0,
        "problem": status.problem if status else None,
        **({"manifest": _manifest_url(house, player.read_key)} if addresses else {}),
    }


def _line(house: House, player: Player, addresses: bool) -> str:
    status = player.status
    if player.revoked_at is not None:
        state = _("đã thu hồi")
    elif status is None:
        state = _("chưa liên lạc lần nào")
    else:
        local = status.heard_at.astimezone(house.settings.zone_info)
        state = _("liên lạc lúc {at}, giữ {count} bản tin", at=f"{local:%H:%M %d/%m}", count=len(status.holds))
        if status.skew_ms:
            state += ", " + _("đồng hồ lệch {seconds} giây", seconds=round(status.skew_ms / 1000))
        if status.problem:
            state += f": {status.problem}"
    line = f"{player.code}  {player.zone.code}  {player.technology}  {player.name}  –  {state}"
    return f"{line}\n    {_manifest_url(house, player.read_key)}" if addresses and not player.revoked_at else line


def _token_line(row: Mapping[str, object]) -> str:
    state = _("đã thu hồi") if row["revoked_at"] else _("đang dùng")
    scopes = ", ".join(map(str, row["scopes"])) if isinstance(row["scopes"], list) else ""
    return f"{row['name']}  {row['token_prefix']}…  {scopes}  {row['unit'] or '–'}  {state}"


def _token_document(row: ApiToken) -> dict[str, object]:
    return {
        "name": row.name,
        "unit": row.unit.code if row.unit else None,
        "scopes": row.scopes,
        "token_prefix": row.token_prefix,
        "made_at": _instant(row.made_at),
        "made_by": row.made_by,
        "revoked_at": _instant(row.revoked_at),
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
