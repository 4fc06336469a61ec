"""`doctor`: what is well, what is not, and how to mend it."""

from __future__ import annotations

from dataclasses import asdict

import click

from broadcaster.cli.house import House, housed
from broadcaster.db import Database
from broadcaster.doctor import examine
from broadcaster.language import gettext as _

SIGNS = {"ok": "✓", "warning": "!", "failure": "✗"}


@click.command()
@housed
def doctor(house: House) -> None:
    """Khám toàn bộ hệ thống và chỉ cách sửa."""
    findings = examine(house.settings, Database(house.settings.database), now=house.now)
    lines = []
    for finding in findings:
        lines.append(f"{SIGNS[finding.state]} {finding.name}: {finding.words}")
        if finding.mend:
            lines.append("    " + _("Cách sửa: {mend}", mend=finding.mend))
    house.answer({"findings": [asdict(finding) for finding in findings]}, *lines)
    if any(finding.state == "failure" for finding in findings):
        raise click.exceptions.Exit(1)
