"""What an editor does to a session: move, add, take out, put in order, lock. Dragging sends the same forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from broadcaster import planning
from broadcaster.access import Act
from broadcaster.errors import BroadcasterError, NotAllowed, NotFound
from broadcaster.language import gettext as _
from broadcaster.planning import Changed, Desk, PlanChanged, RuleBroken
from broadcaster.web.desk.guard import DESK, allowed
from broadcaster.web.desk.house import books_reading, page
from broadcaster.web.desk.plan.asked import BadQuestion, number_sent, way_back
from broadcaster.web.desk.plan.books import one_sitting
from broadcaster.web.desk.plan.house import plan_desk, reader
from broadcaster.web.desk.plan.sittings import session_page
from broadcaster.web.desk.plan.values import Sitting

changes = Blueprint("plan_changes", __name__, url_prefix=DESK + "/plan/sessions/<int:session_id>")

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done to a session: in words, and how it is done."""

    words: str
    act: Callable[[Desk], Changed]
    done: str
    #: The other session that it touches, and the version in which that one was seen.
    to: tuple[int, int] | None = None


@changes.post("/move")
@allowed(Act.CHANGE_PLAN)
def move(session_id: int) -> Response:
    """Moves an item to another session: to the place named, else where it fits best."""
    ref, to, position = _ref(), _target(), _position()
    seen = {session_id: number_sent("seen"), to[0]: to[1]}
    words = _("chuyển bài {ref} sang buổi khác", ref=ref)

    def act(desk: Desk) -> Changed:
        return planning.move(desk, ref, from_session=session_id, to_session=to[0], position=position, seen=seen)

    return _do(session_id, Wish(words, act, _("Đã chuyển bài {ref}.", ref=ref), to))


@changes.post("/add")
@allowed(Act.CHANGE_PLAN)
def add(session_id: int) -> Response:
    """Adds an article where it fits best, or to the place named."""
    ref, position = _ref(), _position()
    seen = {session_id: number_sent("seen")}

    def act(desk: Desk) -> Changed:
        return planning.add(desk, ref, to_session=session_id, position=position, seen=seen)

    return _do(session_id, Wish(_("thêm bài {ref}", ref=ref), act, _("Đã thêm bài {ref}.", ref=ref)))


@changes.post("/remove")
@allowed(Act.CHANGE_PLAN)
def remove(session_id: int) -> Response:
    """Takes an item out, for a reason that stays with it."""
    ref, why = _ref(), request.form.get("why", "").strip()
    seen = {session_id: number_sent("seen")}
    if not 0 < len(why) <= _LONGEST_REASON:
        words = _("Hãy ghi lý do bỏ bài, dài nhất {most} ký tự.", most=_LONGEST_REASON)
        return session_page(session_id, refused=[words], status=422)

    def act(desk: Desk) -> Changed:
        return planning.remove(desk, ref, from_session=session_id, why=why, seen=seen)

    return _do(session_id, Wish(_("bỏ bài {ref}", ref=ref), act, _("Đã bỏ bài {ref}.", ref=ref)))


@changes.post("/reorder")
@allowed(Act.CHANGE_PLAN)
def reorder(session_id: int) -> Response:
    """Puts an item one place earlier or later among the others as they were seen."""
    ref, order = _ref(), request.form.getlist("order")
    step = -1 if request.form.get("step") == "up" else 1
    seen = {session_id: number_sent("seen")}
    if ref not in order:
        raise BadQuestion(_("biểu mẫu thiếu «{name}»; hãy tải lại trang", name="order"))
    here = order.index(ref)
    there = min(max(0, here + step), len(order) - 1)
    order.insert(there, order.pop(here))

    def act(desk: Desk) -> Changed:
        return planning.reorder(desk, session_id, order, seen=seen)

    return _do(session_id, Wish(_("đổi thứ tự các bài"), act, _("Đã đổi thứ tự.")))


@changes.post("/lock")
@allowed(Act.CHANGE_PLAN)
def lock(session_id: int) -> Response:
    """Locks an item where it is."""
    ref = _ref()
    seen = {session_id: number_sent("seen")}
    wish = Wish(
        _("khóa bài {ref}", ref=ref),
        lambda desk: planning.lock(desk, ref, session_id, seen=seen),
        _("Đã khóa bài {ref}: lập lịch lại vẫn giữ nguyên chỗ.", ref=ref),
    )
    return _do(session_id, wish)


@changes.post("/unlock")
@allowed(Act.CHANGE_PLAN)
def unlock(session_id: int) -> Response:
    """Takes the lock off."""
    ref = _ref()
    seen = {session_id: number_sent("seen")}
    wish = Wish(
        _("mở khóa bài {ref}", ref=ref),
        lambda desk: planning.unlock(desk, ref, session_id, seen=seen),
        _("Đã mở khóa bài {ref}.", ref=ref),
    )
    return _do(session_id, wish)


def _do(session_id: int, wish: Wish) -> Response:
    """Does it and goes on; or says who was first, or which rule is in the way. Nothing half done stays."""
    try:
        changed = wish.act(plan_desk())
    except PlanChanged as stale:
        return _told(session_id, wish, stale.changes)
    except RuleBroken as broken:
        return session_page(session_id, refused=broken.reasons, status=422)
    except (NotAllowed, NotFound) as refused:
        return _refused(session_id, refused)
    flash(wish.done)
    for note in changed.notes:
        flash(note)
    return redirect(way_back(url_for("plan_sittings.session", session_id=session_id)))


def _refused(session_id: int, refused: BroadcasterError) -> Response:
    return session_page(session_id, refused=[str(refused)], status=422)


def _told(session_id: int, wish: Wish, told: Sequence[str]) -> Response:
    """What another editor did meanwhile, how things stand now, and the same wish again, to be sent or dropped."""
    with books_reading() as books:
        ids = [session_id] + ([wish.to[0]] if wish.to else [])
        found = [one for one in (one_sitting(books, one, reader()) for one in ids) if one is not None]
        return page(
            "desk/plan/told.html",
            status=409,
            wish=wish,
            told=told,
            sittings=found,
            again=_again(found),
            session_id=session_id,
        )


def _again(found: Sequence[Sitting]) -> list[tuple[str, str]]:
    """The fields of the form as they were sent, with the versions as they stand now."""
    versions = {one.id: one.version for one in found}
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", "seen", "to"}]
    kept.append(("seen", str(found[0].version)))
    if "to" in request.form:
        to, _version = _target()
        kept.append(("to", f"{to}.{versions[to]}" if to in versions else ""))
    return kept


def _ref() -> str:
    ref = request.form.get("ref", "").strip()
    if not ref:
        raise BadQuestion(_("biểu mẫu thiếu «{name}»; hãy tải lại trang", name="ref"))
    return ref


def _target() -> tuple[int, int]:
    """The session that is to take the item, in the version that was seen."""
    number, _dot, version = request.form.get("to", "").partition(".")
    if not (number.isascii() and number.isdecimal() and version.isascii() and version.isdecimal()):
        raise BadQuestion(_("hãy chọn buổi để chuyển đến"))
    return int(number), int(version)


def _position() -> int | None:
    """The place that was asked for, counted from 0; None where it does not matter. People count from 1."""
    text = request.form.get("position", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 1000):
        raise BadQuestion(_("«{text}» không phải thứ tự trong buổi", text=text))
    return int(text) - 1
