"""`plan`: make a draft, make it binding."""

from __future__ import annotations

from dataclasses import asdict

import click

from broadcaster.approvals import article_of
from broadcaster.cli.house import COMMAND_LINE, House, housed, progress_bar
from broadcaster.language import LANGUAGES, current_language, speaking
from broadcaster.language import gettext as _
from broadcaster.planning import explain, make_draft, publish_plan
from scheduler.planning import plan_to_json

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
            **plan_to_json(made),
        },
        *lines,
    )


@plan.command("publish")
@click.option("--month", required=True, metavar="YYYY-MM")
@housed
def plan_publish(house: House, month: str) -> None:
    """Công bố bản nháp: từ đây lịch có hiệu lực."""
    with house.database.writing() as session:
        done = publish_plan(session, month, by=COMMAND_LINE, now=house.now)
    words = _("Đã công bố lịch tháng {month}: thêm {added}, bỏ {removed}, giữ {kept} lượt phát sắp tới").format(
        month=month, added=done.added, removed=done.removed, kept=done.kept
    )
    house.answer(
        {"plan": done.plan_id, "month": month, "added": done.added, "removed": done.removed, "kept": done.kept}, words
    )


@plan.command("explain")
@click.argument("ref")
@click.option("--lang", type=click.Choice(LANGUAGES), default=None)
@housed
def plan_explain(house: House, ref: str, lang: str | None) -> None:
    """Nói bài REF phát ở đâu và vì sao, hoặc vì sao chưa."""
    with speaking(lang or current_language()), house.database.reading() as session:
        article = article_of(session, ref)
        words = explain(session, article, voice=house.voice, now=house.now, tz=house.settings.zone_info)
    house.answer({"ref": ref, "text": words}, words)
