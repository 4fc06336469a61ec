"""A plan as JSON, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scheduler.planning.values import Placement, Plan, Reason, UnitOutcome, Unplaced


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """The plan's document; ``detail`` of what is not placed keeps its values as they are (text and numbers)."""
    return {
        "placements": [
            {
                "session": placement.session,
                "article": placement.article,
                "position": placement.position,
                "first_run": placement.first_run,
            }
            for placement in plan.placements
        ],
        "unplaced": [
            {
                "article": missing.article,
                "zone": missing.zone,
                "reason": str(missing.reason),
                "detail": dict(missing.detail),
            }
            for missing in plan.unplaced
        ],
        "units": [
            {
                "unit": unit.unit,
                "target_ms": unit.target_ms,
                "planned_ms": unit.planned_ms,
                "short_ms": unit.short_ms,
                "articles": unit.articles,
                "reachable_ms": unit.reachable_ms,
            }
            for unit in plan.units
        ],
        "score": plan.score,
        "bound": plan.bound,
        "gap": plan.gap,
        "moves": plan.moves,
        "elapsed_ms": plan.elapsed_ms,
    }


def plan_from_json(document: Mapping[str, Any]) -> Plan:
    """Reads what :func:`plan_to_json` wrote.

    Raises:
        ValueError: if the document is no such plan.
    """
    try:
        return Plan(
            placements=tuple(
                Placement(row["session"], row["article"], int(row["position"]), bool(row.get("first_run", False)))
                for row in document["placements"]
            ),
            unplaced=tuple(
                Unplaced(row["article"], row.get("zone"), Reason(row["reason"]), dict(row.get("detail", {})))
                for row in document.get("unplaced", ())
            ),
            units=tuple(
                UnitOutcome(
                    row["unit"],
                    row.get("target_ms"),
                    int(row["planned_ms"]),
                    int(row["short_ms"]),
                    int(row["articles"]),
                    row.get("reachable_ms"),
                )
                for row in document.get("units", ())
            ),
            score=float(document.get("score", 0.0)),
            bound=float(document.get("bound", 0.0)),
            gap=float(document.get("gap", 0.0)),
            moves=int(document.get("moves", 0)),
            elapsed_ms=int(document.get("elapsed_ms", 0)),
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"Không phải một kế hoạch hợp lệ: thiếu hoặc sai trường {problem}") from problem
