"""`plan`: say what a month can hold, make a draft, compare it, make it binding as a whole or in part, explain it."""

from __future__ import annotations

from dataclasses import asdict

import click

from broadcaster.approvals import article_of
from broadcaster.cli.house import COMMAND_LINE, House, housed, progress_bar
from broadcaster.cli.plan_changes import COMMANDS
from broadcaster.language import LANGUAGES, current_language, speaking
from broadcaster.language import gettext as _
from broadcaster.models import Plan
from broadcaster.months import month_of
from broadcaster.planning import (
    Desk,
    accept_sessions,
    check_room,
    compare_draft,
    explain,
    make_draft,
    month_account,
    month_outlook,
    publish_plan,
)
from broadcaster.session_codes import session_of
from scheduler.planning import Outlook, plan_to_json

DEFAULT_SECONDS = 5.0


@click.group(invoke_without_command=True)
@click.option("--month", metavar="YYYY-MM")
@click.option("--zone", default=None, help=_("Chỉ xếp địa bàn này."))
@click.option("--seconds", type=click.FloatRange(min=0.0), default=None, help=_("Thời gian tìm lịch tốt hơn, giây."))
@click.option(
    "--moves",
    type=click.IntRange(min=0),
    default=None,
    help=_("Thay cho --seconds: số bước tìm, cho kết quả lặp lại được."),
)
@click.option("--seed", type=int, default=0)
@housed
def plan(
    house: House, month: str | None, zone: str | None, seconds: float | None, moves: int | None, seed: int
) -> None:
    """Lập bản nháp lịch tháng; `plan publish` công bố bản nháp."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    if month is None:
        raise click.UsageError(_("Thiếu --month"))
    if seconds is not None and moves is not None:
        raise click.UsageError(_("Chỉ dùng một trong hai: --seconds, --moves"))
    told: list[Outlook] = []

    def tell(outlook: Outlook) -> None:
        told.append(outlook)
        if not house.as_json:
            click.echo("\n".join(_outlook_lines(outlook)))

    with progress_bar() as progress:
        drafted = make_draft(
            house.database,
            month,
            voice=house.voice,
            now=house.now,
            tz=house.settings.zone_info,
            by=COMMAND_LINE,
            zone_code=zone,
            seconds=DEFAULT_SECONDS if seconds is None and moves is None else seconds,
            moves=moves,
            seed=seed,
            progress=lambda share: progress("plan", round(100 * share), 100),
            told=tell,
        )
    made = drafted.plan
    short = [unit for unit in made.units if unit.short_ms > 0]
    lines = [
        _("Bản nháp tháng {month}: {count} lượt phát, {posts} bài lên cổng").format(
            month=month, count=len(made.placements), posts=drafted.posts
        ),
        _("Điểm {score:.1f}, cận trên {bound:.1f}, cách {gap:.3%}").format(
            score=made.score, bound=made.bound, gap=made.gap
        ),
        _("Đơn vị chưa đủ chỉ tiêu: {units}", units=", ".join(unit.unit for unit in short) or "–"),
    ]
    lines += [
        _("  {unit}: nhiều nhất có thể {minutes:.1f} phút").format(unit=unit.unit, minutes=unit.reachable_ms / 60_000)
        for unit in short
        if unit.reachable_ms is not None
    ]
    changes = drafted.difference
    if changes:
        words = _("So với lịch đã công bố: thêm {added}, chuyển {moved}, bỏ {removed} lượt").format(
            added=len(changes.added), moved=len(changes.moved), removed=len(changes.removed)
        )
        lines.append(words)
    house.answer(
        {
            "plan": drafted.plan_id,
            "difference": asdict(changes),
            "month": month,
            "posts": drafted.posts,
            "outlook": asdict(told[0]),
            **plan_to_json(made),
        },
        *lines,
    )


@plan.command("outlook")
@click.option("--month", required=True, metavar="YYYY-MM")
@click.option("--zone", default=None, help=_("Chỉ xếp địa bàn này."))
@housed
def plan_outlook(house: House, month: str, zone: str | None) -> None:
    """Nói trước khi lập lịch: tháng còn bao nhiêu chỗ, chỉ tiêu nào không thể đạt."""
    with house.database.reading() as session:
        outlook = month_outlook(
            session, month, voice=house.voice, now=house.now, tz=house.settings.zone_info, zone_code=zone
        )
    house.answer(asdict(outlook), *_outlook_lines(outlook))


def _outlook_lines(outlook: Outlook) -> list[str]:
    """Room, what is owed, and what no plan can reach, in words."""
    lines = [
        _(
            "Còn {sessions} buổi, {room:.0f} phút; các đơn vị còn thiếu {owed:.0f} phút so với chỉ tiêu",
            sessions=sum(zone.sessions for zone in outlook.zones),
            room=outlook.room_ms / 60_000,
            owed=outlook.owed_ms / 60_000,
        )
    ]
    if outlook.lacking_ms:
        lines.append(_("Không đủ chỗ cho mọi chỉ tiêu: thiếu {minutes:.0f} phút", minutes=outlook.lacking_ms / 60_000))
    for unit in outlook.unreachable:
        if unit.target_ms:
            lines.append(
                _(
                    "  {unit}: không thể đạt {target:.1f} phút, nhiều nhất {reachable:.1f}",
                    unit=unit.unit,
                    target=unit.target_ms / 60_000,
                    reachable=unit.reachable_ms / 60_000,
                )
            )
        if unit.min_articles:
            lines.append(
                _(
                    "  {unit}: cần {least} bài khác nhau, chỉ có thể phát {articles}",
                    unit=unit.unit,
                    least=unit.min_articles,
                    articles=unit.articles,
                )
            )
    if outlook.homeless:
        lines.append(_("Không buổi nào nhận được: {refs}", refs=", ".join(outlook.homeless)))
    return lines


@plan.command("compare")
@click.option("--month", required=True, metavar="YYYY-MM")
@housed
def plan_compare(house: House, month: str) -> None:
    """So bản nháp với lịch đã công bố: thêm, chuyển, bỏ, giữ, mỗi thay đổi kèm lý do."""
    with house.database.reading() as session:
        done = compare_draft(session, month, voice=house.voice, now=house.now, tz=house.settings.zone_info)
    lines = [f"  {change.session}  {change.words}" for change in done.changes]
    counts = _(
        "Thêm {added}, chuyển {moved}, bỏ {removed}, giữ {kept} lượt",
        added=len(done.of_kind("added")),
        moved=len(done.of_kind("moved")),
        removed=len(done.of_kind("removed")),
        kept=len(done.kept),
    )
    if done.stale:
        lines.append(_("Lịch đã công bố được sửa sau khi lập bản nháp; hãy lập lại"))
    house.answer(asdict(done), counts, *lines)


@plan.command("publish")
@click.option("--month", required=True, metavar="YYYY-MM")
@click.option(
    "--session",
    "sessions",
    multiple=True,
    metavar="SESSION",
    help=_("Chỉ nhận buổi này của bản nháp, ví dụ tt-20261110-1700 (có thể lặp lại)."),
)
@click.option("--by", default=COMMAND_LINE, metavar="USER", help=_("Người thực hiện, ghi vào nhật ký."))
@click.option("--anyway", is_flag=True, help=_("Công bố cả khi có buổi không còn đủ chỗ cho bài đã xếp."))
@housed
def plan_publish(house: House, month: str, sessions: tuple[str, ...], by: str, anyway: bool) -> None:
    """Công bố bản nháp, cả tháng hay từng buổi: từ đây lịch có hiệu lực."""
    tz = house.settings.zone_info
    if sessions:
        _accept(house, month, sessions, by)
        return
    with house.database.writing() as session:
        full = () if anyway else check_room(session, month, house.voice, now=house.now, tz=tz)
        done = publish_plan(session, month, by=by, now=house.now, tz=tz)
        version = session.get_one(Plan, done.plan_id).version
    words = _("Đã công bố lịch tháng {month}: thêm {added}, bỏ {removed}, giữ {kept} lượt phát sắp tới").format(
        month=month, added=done.added, removed=done.removed, kept=done.kept
    )
    counts = {"added": done.added, "removed": done.removed, "kept": done.kept}
    told = [one.words(tz) for one in full]
    document = {"plan": done.plan_id, "month": month, "version": version, **counts, "overfull": told}
    house.answer(document, words, *(f"  {line}" for line in told))


def _accept(house: House, month: str, codes: tuple[str, ...], by: str) -> None:
    tz = house.settings.zone_info
    with house.database.reading() as session:
        rows = [session_of(session, code, tz).id for code in codes]
    done = accept_sessions(Desk(house.database, house.voice, tz, house.now, by), month, rows)
    words = _("Đã nhận bản nháp cho {sessions}; các buổi khác giữ nguyên", sessions=", ".join(codes))
    document = {"plan": done.plan_id, "month": month, "version": done.version, "sessions": dict(done.sessions)}
    house.answer(document, words)


@plan.command("explain")
@click.argument("ref", required=False)
@click.option("--unit", default=None, metavar="CODE", help=_("Giải thích về một đơn vị thay vì một bài."))
@click.option("--lang", type=click.Choice(LANGUAGES), default=None)
@housed
def plan_explain(house: House, ref: str | None, unit: str | None, lang: str | None) -> None:
    """Nói bài REF phát ở đâu và vì sao, hoặc vì sao chưa; với --unit, vì sao đơn vị được chừng ấy."""
    if (ref is None) == (unit is None):
        raise click.UsageError(_("Cần REF hoặc --unit, và chỉ một trong hai"))
    tz = house.settings.zone_info
    with speaking(lang or current_language()), house.database.reading() as session:
        if ref is not None:
            words = explain(session, article_of(session, ref), voice=house.voice, now=house.now, tz=tz)
        else:
            account = month_account(session, month_of(house.now, tz), voice=house.voice, now=house.now, tz=tz)
            words = account.unit(unit or "")
    house.answer({"ref": ref, "unit": unit, "text": words}, words)


for command in COMMANDS:
    plan.add_command(command)
