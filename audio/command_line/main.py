"""Which command was asked for, and how failures are told."""

from __future__ import annotations

import argparse
import sys

from audio.errors import AudioError


def main(arguments: list[str]) -> int:
    """0 done, 1 could not be done (message on standard error), 2 wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m audio", description="Âm thanh cho bản tin loa.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    speech = commands.add_parser("speech", help="đọc văn bản từ đầu vào chuẩn, in ra cách đọc", add_help=False)
    speech.add_argument("rest", nargs=argparse.REMAINDER)
    say = commands.add_parser("say", help="đọc văn bản từ đầu vào chuẩn thành tệp .wav hoặc .mp3")
    say.add_argument("--engine", required=True, help="giọng đọc, ví dụ espeak hoặc gtts,espeak")
    say.add_argument("--voice", default="", help="giọng của công cụ, nếu có nhiều")
    say.add_argument("-o", "--output", required=True, metavar="OUT.wav|.mp3")
    assemble = commands.add_parser("assemble", help="ghép các tệp âm thanh thành một bản tin MP3")
    assemble.add_argument("bulletin", metavar="BULLETIN.json")
    assemble.add_argument("-o", "--output", required=True, metavar="OUT.mp3")
    asked, rest = parser.parse_known_args(arguments)
    try:
        if asked.command == "speech":
            from audio.command_line.speech import main as speech_command

            return speech_command([*asked.rest, *rest])
        if rest:
            parser.error(f"không hiểu: {' '.join(rest)}")
        if asked.command == "say":
            from audio.command_line.say import say as say_command

            return say_command(asked.engine, asked.voice, asked.output)
        from audio.command_line.assemble import assemble as assemble_command

        return assemble_command(asked.bulletin, asked.output)
    except (AudioError, OSError) as error:
        print(f"Lỗi: {error}", file=sys.stderr)
        return 1
