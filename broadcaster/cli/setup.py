"""`init`, `users`: what has to be there before anything else."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from broadcaster.accounts import AccountData, disable, first_invitation, invite, save_account, set_password
from broadcaster.cli.house import COMMAND_LINE, House, housed
from broadcaster.installation import prepare
from broadcaster.language import gettext as _
from broadcaster.models import Role


@click.command()
@housed
def init(house: House) -> None:
    """Tạo hoặc nâng cấp cơ sở dữ liệu và các thư mục."""
    prepare(house.settings)
    folder = str(Path(house.settings.data).resolve())
    address = first_address(house)
    lines = [_("Đã sẵn sàng: {folder}", folder=folder)]
    if address is not None:
        lines.append(_("Mở địa chỉ này để đặt mật khẩu quản trị: {address}", address=address))
    house.answer({"data": folder, "invitation": address}, *lines)


def first_address(house: House) -> str | None:
    """Where the first administrator chooses a password; None where somebody can sign in already."""
    with house.database.writing() as session:
        token = first_invitation(session, by=COMMAND_LINE, now=house.now)
    return f"{house.settings.public_url}/invitation/{token}" if token else None


@click.group()
def users() -> None:
    """Tài khoản của cán bộ."""


@users.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--full-name", default="")
@click.option("--unit", default=None, help=_("Mã đơn vị, cho cộng tác viên và thủ trưởng đơn vị."))
@housed
def add_user(house: House, name: str, role: str, full_name: str, unit: str | None) -> None:
    """Thêm một tài khoản, hoặc đổi vai trò, họ tên, đơn vị của nó."""
    with house.database.writing() as session:
        save_account(session, AccountData(name, full_name, Role(role), unit), by=COMMAND_LINE, now=house.now)
    house.answer({"name": name, "role": role}, _("Tài khoản {name}: vai trò {role}", name=name, role=role))


@users.command("invite")
@click.argument("name")
@housed
def invite_user(house: House, name: str) -> None:
    """Tạo thư mời: người nhận mở địa chỉ ấy và tự chọn mật khẩu."""
    with house.database.writing() as session:
        token = invite(session, name, by=COMMAND_LINE, now=house.now)
    address = f"{house.settings.public_url}/invitation/{token}"
    house.answer({"name": name, "address": address}, address)


@users.command("password")
@click.argument("name")
@housed
def user_password(house: House, name: str) -> None:
    """Đặt mật khẩu đọc từ đầu vào chuẩn, không hiện lên màn hình."""
    password = (
        click.prompt(_("Mật khẩu mới"), hide_input=True, confirmation_prompt=True)
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\n")
    )
    with house.database.writing() as session:
        set_password(session, name, password, by=COMMAND_LINE, now=house.now)
    house.answer({"name": name}, _("Đã đặt mật khẩu cho {name}.", name=name))


@users.command("disable")
@click.argument("name")
@housed
def disable_user(house: House, name: str) -> None:
    """Khóa một tài khoản và đăng xuất nó ở mọi nơi."""
    with house.database.writing() as session:
        disable(session, name, by=COMMAND_LINE, now=house.now)
    house.answer({"name": name}, _("Đã khóa tài khoản {name} và đăng xuất ở mọi nơi.", name=name))
