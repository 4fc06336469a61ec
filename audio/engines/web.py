"""Asking a speech service over HTTP: time limits, a pace, retries with back-off, and typed failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError

from audio.engines.errors import (
    EngineAnswerBroken,
    EngineBusy,
    EngineError,
    EngineRefused,
    EngineTimedOut,
    EngineUnreachable,
)

#: Seconds to connect, and between two pieces of an answer.
TIMEOUT_S = (3.0, 10.0)
#: A whole answer; a server that drips a byte now and then would otherwise hold us for ever.
WHOLE_ANSWER_S = 30.0
#: No answer of ours is larger: two minutes of WAV at 48 kHz.
LARGEST_ANSWER = 12 * 1024 * 1024
_PIECE = 1 << 14


@dataclass(frozen=True)
class Manners:
    """How a service is asked. Times in seconds."""

    timeout_s: tuple[float, float] = TIMEOUT_S
    whole_answer_s: float = WHOLE_ANSWER_S
    least_between_requests_s: float = 0.0
    #: Pauses before the second, third … attempt after a 429, a 5xx or a broken answer.
    back_off_s: tuple[float, ...] = (1.0, 3.0)
    #: A longer `Retry-After` than this is not waited for: the next engine speaks instead.
    longest_back_off_s: float = 10.0


@dataclass
class Pace:
    """At most one request each `least_between_s`, over all threads of the process."""

    least_between_s: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _free_at: float = float("-inf")

    def wait(self) -> None:
        """Returns when the next request may go out."""
        with self._lock:
            now = self.clock()
            turn = max(now, self._free_at)
            self._free_at = turn + self.least_between_s
        if turn > now:
            self.sleep(turn - now)


class Caller:
    """One service. Safe to share between threads."""

    def __init__(
        self,
        manners: Manners,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._manners = manners
        self._clock = clock
        self._sleep = sleep
        self._pace = Pace(manners.least_between_requests_s, clock, sleep)

    def post(self, url: str, *, headers: Mapping[str, str], **content: Any) -> bytes:
        """The body of a good answer; `content` is what requests takes (`data`, `json`). Raises EngineError."""
        return self.with_retries(lambda: self.ask_once("POST", url, headers=headers, **content))

    def get(self, url: str, *, headers: Mapping[str, str]) -> bytes:
        """The body of a good answer. Raises EngineError."""
        return self.with_retries(lambda: self.ask_once("GET", url, headers=headers))

    def with_retries(self, attempt: Callable[[], bytes]) -> bytes:
        """Calls again, after a pause, while the service is busy or answers nonsense.

        A missing connection or a silent server is not tried again here: that is what the breaker is for.
        """
        for pause_s in (*self._manners.back_off_s, None):
            try:
                return attempt()
            except (EngineBusy, EngineAnswerBroken) as failure:
                asked_s = failure.retry_after_s if isinstance(failure, EngineBusy) else None
                wait_s = pause_s if asked_s is None or pause_s is None else max(pause_s, asked_s)
                if wait_s is None or wait_s > self._manners.longest_back_off_s:
                    raise
                self._sleep(wait_s)
        raise AssertionError("the last attempt returns or raises")

    def ask_once(self, method: str, url: str, *, headers: Mapping[str, str], **content: Any) -> bytes:
        """One request, in its turn, never repeated. Raises EngineError."""
        self._pace.wait()
        try:
            with requests.request(
                method,
                url,
                headers=dict(headers),
                timeout=self._manners.timeout_s,
                stream=True,
                allow_redirects=False,
                **content,
            ) as response:
                _check_status(response)
                return self._whole(response)
        except EngineError:
            raise
        except requests.exceptions.ReadTimeout as error:
            raise EngineTimedOut("Dịch vụ giọng đọc nhận yêu cầu nhưng không trả lời kịp.") from error
        except ReadTimeoutError as error:
            raise EngineTimedOut("Dịch vụ giọng đọc ngừng trả lời giữa chừng.") from error
        except (ProtocolError, DecodeError) as error:
            raise EngineAnswerBroken("Dịch vụ giọng đọc ngắt giữa chừng, câu trả lời không trọn vẹn.") from error
        except requests.exceptions.ConnectionError as error:
            raise EngineUnreachable("Không kết nối được dịch vụ giọng đọc; kiểm tra mạng.") from error
        except (requests.exceptions.RequestException, UnicodeError) as error:
            # Without the cause: it quotes what could not be sent, and that may be a key.
            raise EngineError(f"Yêu cầu tới dịch vụ giọng đọc không gửi được: {type(error).__name__}.") from None

    def _whole(self, response: requests.Response) -> bytes:
        deadline = self._clock() + self._manners.whole_answer_s
        held = bytearray()
        # As pieces come, not when they are full: else a server that drips would never let us look at the clock.
        while piece := response.raw.read1(_PIECE, decode_content=True):
            held += piece
            if len(held) > LARGEST_ANSWER:
                raise EngineAnswerBroken("Dịch vụ giọng đọc trả lời quá lớn.", can_retry=False)
            if self._clock() > deadline:
                raise EngineTimedOut("Dịch vụ giọng đọc trả lời quá chậm.")
        if not held:
            raise EngineAnswerBroken("Dịch vụ giọng đọc trả lời rỗng.")
        return bytes(held)


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    if status == requests.codes.ok:
        return
    # Neither the body nor the address goes into the message: either may bear a key.
    if status == requests.codes.too_many_requests or status >= 500:
        busy = EngineBusy(f"Dịch vụ giọng đọc đang bận (HTTP {status}).")
        after = response.headers.get("Retry-After", "")
        busy.retry_after_s = float(after) if after.isdigit() else None
        raise busy
    refused = EngineRefused(f"Dịch vụ giọng đọc từ chối yêu cầu (HTTP {status}).")
    refused.status = status
    raise refused
