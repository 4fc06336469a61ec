"""`python -m audio speech`: the spoken form of a text, one output line an input line."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from audio.speech import Lexicon, LexiconError, ReadingOptions, spoken_lines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.description = "Đọc văn bản từ đầu vào chuẩn, in cách đọc: mỗi dòng vào một dòng ra."
    parser.add_argument("--lexicon", metavar="FILE.tsv", type=Path, help="từ điển riêng, thêm vào từ điển có sẵn")
    parser.add_argument("--unit", metavar="CODE", help="mã đơn vị có mục từ riêng trong từ điển")
    parser.add_argument("--thousand", choices=("nghìn", "ngàn"), default="nghìn", help="nghìn hay ngàn")
    parser.add_argument("--zero-tens", choices=("linh", "lẻ"), default="linh", help="linh hay lẻ")
    parser.add_argument("--early-day", choices=("mùng", "mồng"), default="mùng", help="mùng hay mồng")
    parser.add_argument("--json", action="store_true", help="in một tài liệu JSON thay cho các dòng")


def run(arguments: argparse.Namespace) -> int:
    """Reads standard input and prints its spoken form; 1 where the lexicon or the text can't be used."""
    try:
        lexicon = Lexicon.shipped()
        if arguments.lexicon:
            lexicon = lexicon.with_entries(Lexicon.from_tsv(arguments.lexicon).entries)
    except LexiconError as error:
        print(f"Từ điển {arguments.lexicon} có lỗi:\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Không đọc được từ điển {arguments.lexicon}: {error.strerror}.", file=sys.stderr)
        return 1
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        print(f"Đầu vào không phải văn bản UTF-8 (byte thứ {error.start + 1}).", file=sys.stderr)
        return 1
    options = ReadingOptions(arguments.thousand, arguments.zero_tens, arguments.early_day)
    lines = spoken_lines(text, lexicon, options, unit=arguments.unit)
    if arguments.json:
        output = json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=1) + "\n"
    else:
        output = "".join(line.spoken + "\n" for line in lines)
    sys.stdout.buffer.write(output.encode("utf-8"))
    sys.stdout.buffer.flush()
    return 0


def main(arguments: list[str]) -> int:
    """The subcommand on its own."""
    parser = argparse.ArgumentParser(prog="python -m audio speech")
    add_arguments(parser)
    return run(parser.parse_args(arguments))
