"""Why an engine did not speak. Each kind says whether the same call may succeed later."""

from __future__ import annotations

from audio.errors import AudioError


class EngineError(AudioError):
    """An engine could not speak a text. `why` is a short ASCII code that is stored and shown."""

    why = "failed"

    def __init__(self, message: str, *, can_retry: bool | None = None) -> None:
        super().__init__(message)
        if can_retry is not None:
            self.can_retry = can_retry


class EngineUnreachable(EngineError):
    """No connection: no network, no such host, nothing listens, or the child process cannot be started."""

    why = "unreachable"
    can_retry = True


class EngineTimedOut(EngineError):
    """Connected, but no whole answer within the time allowed."""

    why = "timed_out"
    can_retry = True


class EngineBusy(EngineError):
    """The service asks to come back later (429) or is in trouble itself (5xx)."""

    why = "busy"
    can_retry = True
    #: What the service asked us to wait, seconds, where it said so.
    retry_after_s: float | None = None


class EngineRefused(EngineError):
    """The service refuses the request (4xx): wrong key, quota used up, text not accepted."""

    why = "refused"
    can_retry = False
    #: The HTTP status, where there was one.
    status: int | None = None


class EngineAnswerBroken(EngineError):
    """The answer is no sound, or too little of it for the text: empty, cut short, or something else altogether."""

    why = "broken_answer"
    can_retry = True


class EngineSettingWrong(EngineError):
    """A setting of an engine that cannot work; a person has to change it."""

    why = "misconfigured"
    can_retry = False


class NothingToSay(EngineError):
    """A script without one word in it."""

    why = "nothing_to_say"
    can_retry = False


class NoEngineSpoke(EngineError):
    """Every engine of the chain failed or was skipped; the message names each with its reason."""

    why = "no_engine"
    can_retry = True
