"""What programs say and ask: JSON under `/api/v1`, each with a token of its own.

Plain views and schemas instead of APIFlask: it judges a body as a whole, in English, so one bad row would refuse its
neighbours; and it wants to be the application itself and to answer for the pages' errors too.
"""

from broadcaster.web.api.views import api

__all__ = ["api"]
