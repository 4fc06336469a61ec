"""Articles at the desk: the inbox, entry and import, the dossier, endorsement and approval, withdrawal, history."""

from broadcaster.web.desk.articles import acts, changing, files, importing, inbox, past, withdrawing
from broadcaster.web.desk.articles.room import articles

__all__ = ["acts", "articles", "changing", "files", "importing", "inbox", "past", "withdrawing"]
