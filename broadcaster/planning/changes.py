"""What an editor does to the published plan: move, add, take out, put in another order, lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from broadcaster.errors import NotAllowed
from broadcaster.language import gettext as _
from broadcaster.models import BroadcastSession
from broadcaster.planning.editing import Bench, Changed, Desk, changing
from broadcaster.session_codes import session_code

Seen = Mapping[int, int]


def move(
    desk: Desk, ref: str, *, from_session: int, to_session: int, position: int | None = None, seen: Seen | None = None
) -> Changed:
    """Moves an airing to another session of the month, to a position or where it fits best among the others.

    Raises:
        BroadcasterError: as `changing` says; NotFound where the article does not stand there, NotAllowed where it is
            locked.
    """
    with changing(desk, [from_session, to_session], seen) as bench:
        bench.act, bench.why, bench.detail = "plan.move", _("chuyển sang buổi khác"), {"article": ref}
        bench.article(ref)
        here, there = _row(bench, from_session), _row(bench, to_session)
        _refuse_locked(bench, here, ref)
        bench.after[bench.key(here)].remove(ref)
        bench.settle(bench.key(here))
        bench.insert(bench.key(there), ref, position)
    return _done(bench)


def add(desk: Desk, ref: str, *, to_session: int, position: int | None = None, seen: Seen | None = None) -> Changed:
    """Adds an airing to a session.

    Raises:
        BroadcasterError: as `changing` says; NotAllowed where the article may not air at all.
    """
    with changing(desk, [to_session], seen) as bench:
        bench.act, bench.detail = "plan.add", {"article": ref}
        bench.article(ref)
        bench.insert(bench.key(_row(bench, to_session)), ref, position)
    return _done(bench)


def remove(desk: Desk, ref: str, *, from_session: int, why: str, seen: Seen | None = None) -> Changed:
    """Takes an airing out of a session; the reason stays with it.

    Raises:
        BroadcasterError: as `changing` says; NotFound where the article does not stand there, NotAllowed where it is
            locked.
    """
    with changing(desk, [from_session], seen) as bench:
        bench.act, bench.why, bench.detail = "plan.remove", why, {"article": ref, "why": why}
        here = _row(bench, from_session)
        _refuse_locked(bench, here, ref)
        bench.after[bench.key(here)].remove(ref)
        bench.settle(bench.key(here))
    return _done(bench)


def reorder(desk: Desk, session_id: int, refs: Sequence[str], *, seen: Seen | None = None) -> Changed:
    """Puts a session's items in this order.

    Raises:
        BroadcasterError: as `changing` says; NotAllowed where the names are not exactly those of the session.
    """
    with changing(desk, [session_id], seen) as bench:
        bench.act = "plan.reorder"
        key = bench.key(_row(bench, session_id))
        if sorted(refs) != sorted(bench.after[key]):
            names = ", ".join(bench.after[key]) or "–"
            raise NotAllowed(_("thứ tự mới phải gồm đúng các bài của buổi: {refs}", refs=names))
        bench.after[key] = list(refs)
    return _done(bench)


def lock(desk: Desk, ref: str, session_id: int, *, seen: Seen | None = None) -> Changed:
    """Locks an airing where it is: planning anew keeps it, and nobody moves it before it is unlocked.

    Raises:
        BroadcasterError: as `changing` says; NotFound where the article does not stand there.
    """
    return _set_lock(desk, ref, session_id, locked=True, seen=seen)


def unlock(desk: Desk, ref: str, session_id: int, *, seen: Seen | None = None) -> Changed:
    """Takes the lock off an airing.

    Raises:
        BroadcasterError: as `changing` says; NotFound where the article does not stand there.
    """
    return _set_lock(desk, ref, session_id, locked=False, seen=seen)


def _set_lock(desk: Desk, ref: str, session_id: int, *, locked: bool, seen: Seen | None) -> Changed:
    with changing(desk, [session_id], seen) as bench:
        bench.act, bench.detail = "plan.lock" if locked else "plan.unlock", {"article": ref}
        broadcast = _row(bench, session_id)
        bench.placement(broadcast, ref).locked = locked
        bench.touched.add(bench.key(broadcast))
    return _done(bench)


def _row(bench: Bench, session_id: int) -> BroadcastSession:
    return bench.session.get_one(BroadcastSession, session_id)


def _refuse_locked(bench: Bench, broadcast: BroadcastSession, ref: str) -> None:
    if bench.placement(broadcast, ref).locked:
        code = session_code(broadcast, bench.desk.tz)
        raise NotAllowed(_("bài «{ref}» đang được khóa trong buổi {session}; hãy mở khóa trước", ref=ref, session=code))


def _done(bench: Bench) -> Changed:
    assert bench.done is not None  # written down when the block ended, or it raised
    return bench.done
