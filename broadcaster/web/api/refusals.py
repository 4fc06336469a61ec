"""Refusals as programs read them: a status, a code to act on, and words for whoever looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, jsonify

from broadcaster.errors import BroadcasterError, Fault, ImportRefused, NotFound

CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "bad_request",
    422: "refused",
    429: "too_many_requests",
    500: "failed",
    503: "unavailable",
}
LONGEST_FAULTS = 1_000


class ApiRefusal(BroadcasterError):
    """A request that is refused, with the status and the code that a program acts on."""

    def __init__(self, status: int, code: str, words: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.status, self.code, self.headers = status, code, dict(headers or {})


def refusal_document(
    status: int, words: str, *, code: str = "", headers: Mapping[str, str] | None = None, faults: Sequence[Fault] = ()
) -> Response:
    """The answer to what is refused; it is never kept."""
    error: dict[str, object] = {"code": code or CODES.get(status, "refused"), "message": words}
    if faults:
        error["faults"] = [{"place": fault.place, "message": fault.message} for fault in faults[:LONGEST_FAULTS]]
    response = jsonify(error=error)
    response.status_code = status
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    return response


def own_refusal_document(refusal: BroadcasterError) -> Response:
    """What the house refuses, in its own words."""
    if isinstance(refusal, ApiRefusal):
        return refusal_document(refusal.status, str(refusal), code=refusal.code, headers=refusal.headers)
    if isinstance(refusal, ImportRefused):
        words = "; ".join(str(fault) for fault in refusal.faults[:3])
        return refusal_document(422, words, faults=refusal.faults)
    return refusal_document(404 if isinstance(refusal, NotFound) else 422, str(refusal))
