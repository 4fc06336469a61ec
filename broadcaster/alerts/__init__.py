"""Alerts: found by looking at the books, kept once while they stand, told by e-mail and webhook outside quiet hours."""

from broadcaster.alerts.keeping import OpenAlert, open_alerts
from broadcaster.alerts.looking_after import look_after
from broadcaster.alerts.words import alert_words

__all__ = ["OpenAlert", "alert_words", "look_after", "open_alerts"]
