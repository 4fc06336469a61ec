"""The command line: `broadcaster COMMAND`. Status 0 done, 1 could not be done (said on stderr), 2 wrong arguments."""

from __future__ import annotations

import sys

import click
import structlog

from audio.errors import AudioError
from broadcaster.cli.agent import pull
from broadcaster.cli.articles import airings, articles, station, units, withdraw
from broadcaster.cli.doctor import doctor
from broadcaster.cli.export import export
from broadcaster.cli.interrupts import interrupts
from broadcaster.cli.ledger import month
from broadcaster.cli.plans import plan
from broadcaster.cli.players import players, tokens
from broadcaster.cli.production import clock, publish, render, serve, tick
from broadcaster.cli.readings import lexicon
from broadcaster.cli.reconciling import alerts_command, reconcile_command
from broadcaster.cli.reports import report
from broadcaster.cli.setup import init, users
from broadcaster.errors import BroadcasterError
from broadcaster.language import LANGUAGES
from broadcaster.language import gettext as _
from scheduler.planning import ProblemError
from scheduler.slots import SlotError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--lang", type=click.Choice(LANGUAGES), default=None, help="Ngôn ngữ / language.")
@click.pass_context
def cli(context: click.Context, lang: str | None) -> None:
    """Lên lịch, dựng và phát hành bản tin truyền thanh và chuyên mục cổng thông tin."""
    context.obj = lang


for command in (
    init,
    users,
    station,
    players,
    tokens,
    pull,
    interrupts,
    units,
    articles,
    lexicon,
    plan,
    render,
    publish,
    tick,
    airings,
    report,
    export,
    month,
    reconcile_command,
    alerts_command,
    withdraw,
    serve,
    clock,
    doctor,
):
    cli.add_command(command)


def main() -> None:
    """Runs one command. People get words, never a traceback; the log gets what an engineer needs."""
    # A traceback in the log, but without the values of variables: they may be personal data or keys.
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper("iso"), renderer],
        # Asked for at each line: stderr may be another one by then.
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
    )
    try:
        # click hands back the status with which a command wanted to end, instead of ending with it.
        status = cli(standalone_mode=False)
        if isinstance(status, int) and status:
            sys.exit(status)
    except click.exceptions.Exit as wanted:
        sys.exit(wanted.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except (BroadcasterError, AudioError, ProblemError, SlotError) as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)
    except Exception as failure:  # noqa: BLE001 - the last stop before a person: words here, the details in the log
        structlog.get_logger().error("command failed", kind=type(failure).__name__, exc_info=failure)
        print(_("Lỗi ngoài dự kiến: {kind}. Chi tiết ở trên.", kind=type(failure).__name__), file=sys.stderr)
        sys.exit(1)
