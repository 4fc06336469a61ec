"""`plan move`, `add`, `remove`, `order`, `lock`, `unlock`, `urgent`: changes of the published plan by hand."""

from __future__ import annotations

from collections.abc import Sequence

import click

from broadcaster.cli.house import COMMAND_LINE, House, housed
from broadcaster.language import gettext as _
from broadcaster.planning import Changed, Desk, add, lock, move, put_urgent, remove, reorder, unlock
from broadcaster.session_codes import session_of

BY = click.option("--by", default=COMMAND_LINE, metavar="USER", help=_("Người thực hiện, ghi vào nhật ký."))
POSITION = click.option(
    "--position", type=click.IntRange(min=1), default=None, help=_("Đứng thứ mấy trong buổi (mặc định: chỗ hợp nhất).")
)


@click.command("move")
@click.argument("ref")
@click.option("--from", "source", required=True, metavar="SESSION")
@click.option("--to", "target", required=True, metavar="SESSION")
@POSITION
@BY
@housed
def plan_move(house: House, ref: str, source: str, target: str, position: int | None, by: str) -> None:
    """Chuyển một lượt phát của REF sang buổi khác (buổi viết như tt-20261110-1700)."""
    here, there = _sessions(house, [source, target])
    changed = move(_desk(house, by), ref, from_session=here, to_session=there, position=_index(position))
    _tell(house, [changed], _("Đã chuyển «{ref}» từ {source} sang {target}", ref=ref, source=source, target=target))


@click.command("add")
@click.argument("ref")
@click.option("--to", "target", required=True, metavar="SESSION")
@POSITION
@BY
@housed
def plan_add(house: House, ref: str, target: str, position: int | None, by: str) -> None:
    """Thêm REF vào một buổi đã công bố."""
    (there,) = _sessions(house, [target])
    changed = add(_desk(house, by), ref, to_session=there, position=_index(position))
    _tell(house, [changed], _("Đã thêm «{ref}» vào {target}", ref=ref, target=target))


@click.command("remove")
@click.argument("ref")
@click.option("--from", "source", required=True, metavar="SESSION")
@click.option("--why", required=True, metavar="TEXT", help=_("Lý do, đi cùng chỗ đã bỏ."))
@BY
@housed
def plan_remove(house: House, ref: str, source: str, why: str, by: str) -> None:
    """Bỏ REF khỏi một buổi đã công bố."""
    (here,) = _sessions(house, [source])
    changed = remove(_desk(house, by), ref, from_session=here, why=why)
    _tell(house, [changed], _("Đã bỏ «{ref}» khỏi {source}", ref=ref, source=source))


@click.command("order")
@click.argument("session")
@click.argument("refs", nargs=-1, required=True)
@BY
@housed
def plan_order(house: House, session: str, refs: tuple[str, ...], by: str) -> None:
    """Đổi thứ tự các bài trong một buổi đã công bố."""
    (row_id,) = _sessions(house, [session])
    changed = reorder(_desk(house, by), row_id, refs)
    _tell(house, [changed], _("Đã đổi thứ tự buổi {session}", session=session))


@click.command("lock")
@click.argument("ref")
@click.option("--session", required=True, metavar="SESSION")
@BY
@housed
def plan_lock(house: House, ref: str, session: str, by: str) -> None:
    """Khóa một lượt phát: lập lịch lại vẫn giữ nguyên."""
    (row_id,) = _sessions(house, [session])
    changed = lock(_desk(house, by), ref, row_id)
    _tell(house, [changed], _("Đã khóa «{ref}» trong {session}", ref=ref, session=session))


@click.command("unlock")
@click.argument("ref")
@click.option("--session", required=True, metavar="SESSION")
@BY
@housed
def plan_unlock(house: House, ref: str, session: str, by: str) -> None:
    """Mở khóa một lượt phát."""
    (row_id,) = _sessions(house, [session])
    changed = unlock(_desk(house, by), ref, row_id)
    _tell(house, [changed], _("Đã mở khóa «{ref}» trong {session}", ref=ref, session=session))


@click.command("urgent")
@click.argument("ref")
@click.option("--zone", "zones", multiple=True, help=_("Chỉ ở địa bàn này (có thể lặp lại)."))
@BY
@housed
def plan_urgent(house: House, ref: str, zones: tuple[str, ...], by: str) -> None:
    """Đưa tin khẩn cấp REF lên đầu buổi kế tiếp của mỗi địa bàn."""
    changes = put_urgent(_desk(house, by), ref, zones=zones)
    _tell(house, changes, _("Đã đưa «{ref}» lên đầu buổi kế tiếp", ref=ref))


def _desk(house: House, by: str) -> Desk:
    return Desk(house.database, house.voice, house.settings.zone_info, house.now, by)


def _sessions(house: House, codes: Sequence[str]) -> list[int]:
    with house.database.reading() as session:
        return [session_of(session, code, house.settings.zone_info).id for code in codes]


def _index(position: int | None) -> int | None:
    return None if position is None else position - 1


def _tell(house: House, changes: Sequence[Changed], words: str) -> None:
    notes = [note for changed in changes for note in changed.notes]
    document = {
        "changes": [
            {"plan": one.plan_id, "version": one.version, "sessions": dict(one.sessions), "notes": list(one.notes)}
            for one in changes
        ]
    }
    house.answer(document, words, *(f"  {note}" for note in notes))


COMMANDS = (plan_move, plan_add, plan_remove, plan_order, plan_lock, plan_unlock, plan_urgent)
