"""`python -m broadcaster.translations`: brings the English catalogue in step with the sources and compiles it."""

from __future__ import annotations

import importlib.util
import sys

from audio.files import write_whole
from broadcaster.language import gettext as _


def main() -> int:
    """Status 0 done, 1 could not be done (said on stderr)."""
    if importlib.util.find_spec("babel") is None:
        print(_("Cần gói babel, chỉ có trong bộ cài cho người phát triển (requirements-dev.lock)."), file=sys.stderr)
        return 1
    # Babel is there for those who change the messages, not for those who read them.
    from babel.messages.pofile import PoFileError

    from broadcaster.translations import catalogue
    from broadcaster.translations.sources import messages_of_sources

    try:
        known = catalogue.read_translations()
    except PoFileError as broken:
        print(_("{file}: không đọc được ({why})", file=catalogue.WRITTEN.name, why=broken), file=sys.stderr)
        return 1
    translations = catalogue.renewed(messages_of_sources(), known)
    write_whole(catalogue.WRITTEN, catalogue.written(translations))
    write_whole(catalogue.COMPILED, catalogue.compiled(translations))
    added, gone = translations.keys() - known.keys(), known.keys() - translations.keys()
    faults = {message: fault for message, text in translations.items() if (fault := catalogue.fault_of(message, text))}
    words = _("Câu: {all}; mới: {added}; đã bỏ: {gone}; cần dịch hoặc sửa: {faulty}").format(
        all=len(translations), added=len(added), gone=len(gone), faulty=len(faults)
    )
    print(words)
    for message, fault in faults.items():
        print(f"  {message!r}: {fault}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
