"""`init`, `users`: what has to be there before anything else."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from broadcaster import audit
from broadcaster.cli.house import COMMAND_LINE, House, housed
from broadcaster.installation import prepare
from broadcaster.intake.station import USER_ROLES
from broadcaster.language import gettext as _
from broadcaster.models import User


@click.command()
@housed
def init(house: House) -> None:
    """Tạo hoặc nâng cấp cơ sở dữ liệu và các thư mục."""
    prepare(house.settings)
    folder = str(Path(house.settings.data).resolve())
    house.answer({"data": folder}, _("Đã sẵn sàng: {folder}", folder=folder))


@click.group()
def users() -> None:
    """Tài khoản của cán bộ."""


@users.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(USER_ROLES), required=True)
@click.option("--full-name", default="")
@housed
def add_user(house: House, name: str, role: str, full_name: str) -> None:
    """Thêm hoặc đổi vai trò một tài khoản."""
    with house.database.writing() as session:
        user = session.scalars(select(User).where(User.name == name)).first()
        if user is None:
            user = User(name=name, created_at=house.now)
            session.add(user)
        user.role, user.full_name = role, full_name or name
        audit.record(session, "users.add", name, by=COMMAND_LINE, now=house.now, role=role)
    house.answer({"name": name, "role": role}, _("Tài khoản {name}: vai trò {role}", name=name, role=role))
