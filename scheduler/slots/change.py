"""Changing a rule without shifting what was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from scheduler.slots.values import SlotError, WeeklyRule
from scheduler.slots.wording import day_words


def change_rule(rules: Sequence[WeeklyRule], version: WeeklyRule, today: date) -> tuple[WeeklyRule, ...]:
    """The rules with a new version of one of them, which takes over on its `valid_from`.

    The version before ends the day earlier; versions that would only begin later are replaced. Raises SlotError when
    the new one would begin before `today`: what has aired under the old rule stays as it was.
    """
    if version.valid_from < today:
        raise SlotError(
            f"Lịch {version.id} chỉ đổi được từ {day_words(today)} trở đi, "
            f"không đổi lùi về {day_words(version.valid_from)}."
        )
    day_before = version.valid_from - timedelta(days=1)
    kept: list[WeeklyRule] = []
    for rule in rules:
        if (rule.zone, rule.id) != (version.zone, version.id) or (rule.valid_to and rule.valid_to <= day_before):
            kept.append(rule)
        elif rule.valid_from <= day_before:
            kept.append(replace(rule, valid_to=day_before))
    return (*kept, version)
