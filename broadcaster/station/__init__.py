"""The station as its administrators set it up: zones, columns, weekly sessions, days, units. Each change is audited."""
