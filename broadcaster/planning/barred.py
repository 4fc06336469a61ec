"""What keeps an article off the air, whatever the plan."""

from __future__ import annotations

from datetime import datetime

from broadcaster.language import gettext as _
from broadcaster.models import Article


def why_barred(article: Article, now: datetime) -> str | None:
    """What keeps an article off the air whatever the plan; None where nothing does."""
    if article.withdrawn_at is not None:
        return _("đã bị rút: {why}", why=article.withdrawn_why or "")
    if article.endorsement is None:
        return _("chưa có xác nhận của thủ trưởng đơn vị")
    if article.approval is None:
        return _("văn bản hiện tại chưa được duyệt")
    if article.expires_at is not None and article.expires_at <= now:
        return _("đã hết hạn phát")
    return None
