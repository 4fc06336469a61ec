"""Changing a rule without shifting what was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from scheduler.slots.values import SlotError, WeeklyRule
from scheduler.slots.wording import day_words


def change_rule(rules: Sequence[WeeklyRule], version: WeeklyRule, today: date) -> tuple[WeeklyRule, ...]:
    """The rules with a new version of one of them, which holds from its `valid_from` to its `valid_to`.

    Cases: the version before ends the day earlier; an open version replaces all that would begin later; a version with
    an end (summer hours) gives way afterwards to what held before. Raises SlotError when the new one would begin
    before `today`: what has aired under the old rule stays as it was.
    """
    if version.valid_from < today:
        raise SlotError(
            f"Lịch {version.id} chỉ đổi được từ {day_words(today)} trở đi, "
            f"không đổi lùi về {day_words(version.valid_from)}."
        )
    kept: list[WeeklyRule] = []
    for rule in rules:
        if (rule.zone, rule.id) == (version.zone, version.id):
            kept.extend(_around(rule, version))
        else:
            kept.append(rule)
    return (*kept, version)


def _around(rule: WeeklyRule, version: WeeklyRule) -> list[WeeklyRule]:
    """What is left of a rule's validity before and after the new version."""
    left: list[WeeklyRule] = []
    day_before = version.valid_from - timedelta(days=1)
    if rule.valid_from <= day_before:
        left.append(replace(rule, valid_to=day_before if rule.valid_to is None else min(rule.valid_to, day_before)))
    if version.valid_to is not None and (rule.valid_to is None or rule.valid_to > version.valid_to):
        left.append(replace(rule, valid_from=max(rule.valid_from, version.valid_to + timedelta(days=1))))
    return left
