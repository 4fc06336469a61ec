"""Answers to what cannot be answered: a plain page in the reader's language, never a traceback."""

from __future__ import annotations

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from broadcaster.errors import BroadcasterError, NotAllowed, NotFound, OutOfDate
from broadcaster.language import gettext as _
from broadcaster.web.api.refusals import own_refusal_document, refusal_document


def install_refusals(app: Flask) -> None:
    """Registers the pages."""
    app.register_error_handler(HTTPException, _http_refusal)
    app.register_error_handler(BroadcasterError, _own_refusal)


def _http_refusal(refusal: HTTPException) -> Response:
    code = refusal.code or 500
    page = refusal_document(code, _words(code)[1]) if _asks_a_program() else _page(code, *_words(code))
    if isinstance(refusal, InternalServerError):
        page.headers["Retry-After"] = "60"
    for name, value in refusal.get_headers(request.environ):
        if name in {"Allow", "Location"}:
            page.headers[name] = value
    return page


def _own_refusal(refusal: BroadcasterError) -> Response:
    """What the house refuses, in its own words."""
    if _asks_a_program():
        return own_refusal_document(refusal)
    codes = ((NotFound, 404), (NotAllowed, 403), (OutOfDate, 409))
    code = next((code for kind, code in codes if isinstance(refusal, kind)), 400)
    return _page(code, _("Không làm được"), str(refusal))


def _asks_a_program() -> bool:
    """Programs get documents, people get pages."""
    return request.path.startswith("/api/")


def _words(code: int) -> tuple[str, str]:
    words = {
        404: (
            _("Không tìm thấy trang"),
            _("Địa chỉ này không có ở đây. Có thể nội dung đã hết hạn, đã được rút, hoặc địa chỉ bị gõ nhầm."),
        ),
        410: (
            _("Nội dung không còn nữa"),
            _("Nội dung từng ở địa chỉ này đã hết hạn hoặc đã được rút."),
        ),
        401: (_("Cần đăng nhập"), _("Phiên đăng nhập đã hết. Hãy đăng nhập lại rồi gửi lại biểu mẫu.")),
        403: (
            _("Không được phép"),
            _("Tài khoản này không được làm việc ấy. Hãy hỏi quản trị viên nếu công việc cần đến."),
        ),
        413: (_("Tệp quá lớn"), _("Tệp gửi lên lớn hơn mức cho phép.")),
        429: (_("Quá nhiều lần thử"), _("Hãy chờ ít phút rồi thử lại.")),
        405: (_("Không dùng được cách này"), _("Trang này chỉ để xem.")),
        400: (_("Yêu cầu không hợp lệ"), _("Máy chủ không hiểu yêu cầu, hoặc yêu cầu gửi tới một tên máy lạ.")),
        500: (
            _("Máy chủ gặp trục trặc"),
            _("Lỗi đã được ghi lại. Loa và cổng thông tin vẫn nhận được những gì đã công bố. Hãy thử lại sau ít phút."),
        ),
    }
    return words.get(code, words[500 if code >= 500 else 400])


def _page(code: int, title: str, message: str) -> Response:
    """A page that needs nothing but its template: no database, no clock."""
    response = make_response(render_template("refusal.html", code=code, title=title, message=message), code)
    response.headers["Cache-Control"] = "no-store"
    return response
