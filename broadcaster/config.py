"""Settings of an installation: environment variables `BROADCASTER_*`, else `broadcaster.toml`, else the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from broadcaster.errors import BadSetting
from broadcaster.quiet_hours import QuietHours

#: A webhook's secret that could be guessed signs nothing.
SHORTEST_SECRET = 16


class Settings(BaseSettings):
    """One installation. Durations carry their unit in the name."""

    model_config = SettingsConfigDict(env_prefix="BROADCASTER_", toml_file="broadcaster.toml", extra="ignore")

    data: Path = Path("data")
    database_url: str = ""
    storage_url: str = ""
    queue_url: str = ""
    public_url: str = "http://127.0.0.1:8000"
    tz: str = "Asia/Ho_Chi_Minh"
    tts: str = "gtts,espeak"
    station: str = "Đài Truyền thanh thị xã"
    language: Literal["vi", "en"] = "vi"

    #: The head of printed papers: the authority above, the symbol behind the number, the place, the head's office.
    office_authority: str = ""
    office_symbol: str = ""
    office_place: str = ""
    office_head: str = ""

    #: Regional wording of what is read aloud; the defaults are those of Hà Nội.
    read_thousand: Literal["nghìn", "ngàn"] = "nghìn"
    read_zero_tens: Literal["linh", "lẻ"] = "linh"
    read_early_day: Literal["mùng", "mồng"] = "mùng"

    #: Players may hold a bulletin from so long before its session starts.
    hold_ahead_h: int = Field(default=40, ge=1, le=24 * 14)
    #: The zone podcasts show the bulletins of so many past days.
    podcast_days: int = Field(default=7, ge=1, le=366)
    #: A column is fed from so many of its newest posts: a hundred in the feed itself, the older ones in its archives.
    feed_items: int = Field(default=1_000, ge=1, le=20_000)
    #: A WebSub hub that is told when feeds change; empty: none.
    hub_url: str = ""
    #: Seconds that an engine over the network may take in one run; what is left speaks with the next of the chain.
    slow_engine_budget_s: int = Field(default=900, ge=0)
    #: Speech is remembered sentence by sentence, up to so many megabytes (21 minutes of espeak take 48).
    speech_memory_mb: int = Field(default=200, ge=0)
    #: The shelf holds at most so many megabytes; what is published or planned stays in any case.
    shelf_mb: int = Field(default=4_000, ge=0)
    #: How often players ask for their manifest.
    poll_s: int = Field(default=60, ge=10)
    #: Reports of airings are accepted so many days after the airing.
    airings_late_days: int = Field(default=62, ge=1, le=3_660)
    #: A player that was not heard of for so long is called silent.
    player_silent_min: int = Field(default=30, ge=1)
    #: A player whose clock is off by more than this is skewed.
    player_skew_s: int = Field(default=60, ge=6)
    #: A session without a report so long after its time is alerted.
    report_overdue_h: int = Field(default=6, ge=1)
    #: Nobody is told of alerts in these hours, written as 21:00-05:00; empty: at any time.
    alert_quiet_hours: str = ""
    #: Alerts by e-mail, to addresses with commas between them.
    alert_mail_to: str = ""
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65_535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = Field(default="", repr=False)
    smtp_from: str = ""
    #: Alerts by webhook, signed with the secret; into the own network, or without TLS, only where that is said.
    alert_webhook_url: str = Field(default="", repr=False)
    alert_webhook_secret: str = Field(default="", repr=False, validate_default=True)
    alert_webhook_local: bool = False
    #: An airing that starts later than this is late, and one that lacks more than this at its end is partial.
    late_tolerance_s: int = Field(default=120, ge=0)
    short_tolerance_s: int = Field(default=10, ge=0)
    #: Later than this it is another time rather than late.
    displaced_after_min: int = Field(default=30, ge=1)
    #: A session without any report so long after its end is missed.
    reports_awaited_h: int = Field(default=48, ge=1)
    #: A provider of OpenID Connect through which staff may sign in besides their password; empty: none.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    #: The claim that holds the account's name in our books.
    oidc_name_claim: str = "preferred_username"
    #: Options of engines, such as `piper.voice_file` or `openai.key`. They may hold secrets: never shown or logged.
    engines: dict[str, str] = Field(default_factory=dict, repr=False)

    @field_validator("tz")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise ValueError(f"unknown time zone {name}") from unknown
        return name

    @field_validator("engines", mode="before")
    @classmethod
    def _flat_options(cls, options: object) -> object:
        """Tables of a TOML file, `[engines.piper]` with `voice_file`, are the same as the key `piper.voice_file`."""
        if not isinstance(options, Mapping):
            return options
        flat: dict[str, str] = {}
        for key, value in options.items():
            if isinstance(value, Mapping):
                nested = cls._flat_options(value)
                assert isinstance(nested, dict)
                flat.update({f"{key}.{rest}": text for rest, text in nested.items()})
            else:
                flat[str(key)] = str(value)
        return flat

    @field_validator("alert_quiet_hours")
    @classmethod
    def _readable_hours(cls, hours: str) -> str:
        QuietHours.parse(hours)
        return hours

    @field_validator("alert_webhook_secret")
    @classmethod
    def _signs_something(cls, secret: str, info: ValidationInfo) -> str:
        if info.data.get("alert_webhook_url") and len(secret) < SHORTEST_SECRET:
            raise ValueError(f"at least {SHORTEST_SECRET} characters, since there is a webhook")
        return secret

    @field_validator("hub_url")
    @classmethod
    def _reachable_hub(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return url

    @field_validator("public_url")
    @classmethod
    def _no_trailing_slash(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return url.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def zone_info(self) -> ZoneInfo:
        """The station's time zone: months are cut and days begin in it."""
        return ZoneInfo(self.tz)

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.data / 'broadcaster.sqlite').resolve()}"

    @property
    def shelf_folder(self) -> Path:
        return self.data / "shelf"

    @property
    def speech_folder(self) -> Path:
        """What slow engines have said, sentence by sentence."""
        return self.data / "speech"

    @property
    def recordings_folder(self) -> Path:
        """What people have read in: kept as it was given, and never made again."""
        return self.data / "recordings"

    @property
    def scans_folder(self) -> Path:
        """Scanned papers of dossiers: outside of the public tree, and never made again."""
        return self.data / "scans"

    @property
    def public_folder(self) -> Path:
        """The public tree as a folder: with a bucket too, so that players nearby do not depend on it.

        Raises:
            BadSetting: the storage is neither a folder nor a bucket.
        """
        if not self.storage_url or self.bucket_url:
            return self.data / "public"
        if "://" in self.storage_url and not self.storage_url.startswith("file://"):
            raise BadSetting(f"BROADCASTER_STORAGE_URL: {self.storage_url.split('://')[0]}:// chưa được hỗ trợ")
        return Path(self.storage_url.removeprefix("file://"))

    @property
    def bucket_url(self) -> str:
        """The bucket that gets a copy of the public tree; empty: none."""
        return self.storage_url if self.storage_url.startswith("s3://") else ""


def load_settings(**given: object) -> Settings:
    """The settings of this process.

    Raises:
        BadSetting: with every fault at once, each named by its variable.
    """
    try:
        settings = Settings(**given)  # type: ignore[arg-type]  # pydantic checks what the caller gives
    except SettingsError as unreadable:
        raise BadSetting(f"BROADCASTER_*: {unreadable}") from None
    except TOMLDecodeError as wrong:
        raise BadSetting(f"broadcaster.toml: {wrong}") from None
    except ValidationError as faults:
        lines = [f"BROADCASTER_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in faults.errors()]
        raise BadSetting("\n".join(lines)) from None
    if settings.queue_url:
        raise BadSetting("BROADCASTER_QUEUE_URL: hàng đợi ngoài chưa được hỗ trợ, hãy để trống")
    return settings
