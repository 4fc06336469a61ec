#!/usr/bin/env python3
"""One command and it runs: sets up whatever is missing, then does what was asked.

    python3 run.py demo [--once] [--port N] [--data DIR] [--now INSTANT]
    python3 run.py test [PYTEST ARGUMENTS]
    python3 run.py bench [NAME]
    python3 run.py lint
    python3 run.py shell -- COMMAND

Standard library only: it must start on a bare machine that has nothing but python3 and git.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
RUNTIME_LOCK = HERE / "requirements.lock"
DEVELOPMENT_LOCK = HERE / "requirements-dev.lock"
OLDEST_PYTHON = (3, 11)
#: Real programs that the tests drive, and the Debian package of each.
TEST_PROGRAMS = {
    "chromium": "chromium",
    "nginx": "nginx-light",
    "mpg123": "mpg123",
    "mpd": "mpd",
    "liquidsoap": "liquidsoap",
    "mpv": "mpv",
    "gpo": "gpodder",
    "podget": "podget",
    "wget": "wget",
    "npm": "npm",
}
#: Feed readers for Node, held by a lock of their own.
READERS = HERE / "tests" / "deploy" / "clients"
#: feedgen is published as source only; pip builds it in a few seconds.
SOURCE_ONLY = "feedgen"


class SetUpFailed(Exception):
    """The environment could not be made; the message says what a person can do about it."""


def environment_program(name: str) -> Path:
    folder = "Scripts" if os.name == "nt" else "bin"
    suffix = ".exe" if os.name == "nt" else ""
    return ENVIRONMENT / folder / (name + suffix)


def stamp_of(lock: Path) -> str:
    """What the environment was made from: the lock, the project file and this Python."""
    digest = hashlib.sha256()
    for part in (lock.read_bytes(), (HERE / "pyproject.toml").read_bytes(), sys.version.encode()):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def make_environment() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise SetUpFailed("Cần Python 3.11 trở lên / Python 3.11 or newer is needed; this is " + sys.version.split()[0])
    if environment_program("python").exists():
        return
    # A venv is made beside and renamed, so that a set-up that was cut short is never taken for a whole one.
    unfinished = HERE / ".venv.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        raise SetUpFailed(
            "Thiếu mô-đun venv. Chạy một lần rồi thử lại / The venv module is missing. Run once, then try again:\n"
            "    apt-get install python3-venv"
        )


def install(lock: Path) -> None:
    """Brings the environment in line with a hashed lock; does nothing where it already is."""
    stamp_file = ENVIRONMENT / f"{lock.stem}.stamp"
    wanted = stamp_of(lock)
    if stamp_file.exists() and stamp_file.read_text() == wanted:
        return
    print(f"Đang cài đặt / Setting up: {lock.name} …", flush=True)
    began = time.monotonic()
    pip = [str(environment_program("python")), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    steps = [
        [*pip, "--require-hashes", "--only-binary", ":all:", "--no-binary", SOURCE_ONLY, "-r", str(lock)],
        [*pip, "--no-deps", "--editable", str(HERE)],
    ]
    for step in steps:
        if subprocess.run(step, check=False).returncode:
            raise SetUpFailed("pip không cài được, xem trên / pip could not install, see above. Try again when online.")
    stamp_file.write_text(wanted)
    print(f"Xong sau / Done in {time.monotonic() - began:.0f} s.", flush=True)


def set_up(*, development: bool) -> None:
    make_environment()
    # The development lock holds the runtime one; whoever has it needs nothing else.
    development_stamp = ENVIRONMENT / f"{DEVELOPMENT_LOCK.stem}.stamp"
    if development or development_stamp.exists():
        install(DEVELOPMENT_LOCK)
    else:
        install(RUNTIME_LOCK)


def run(*command: str) -> int:
    environment = dict(os.environ)
    environment["PATH"] = str(environment_program("python").parent) + os.pathsep + environment.get("PATH", "")
    environment["VIRTUAL_ENV"] = str(ENVIRONMENT)
    try:
        return subprocess.run(command, cwd=HERE, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 130
    except FileNotFoundError:
        print(f"Không có lệnh / No such command: {command[0]}", file=sys.stderr)
        return 2


def missing_programs() -> dict[str, str]:
    """The programs that the tests drive and this machine lacks, with the Debian package that brings each."""
    path = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"
    return {program: package for program, package in TEST_PROGRAMS.items() if not shutil.which(program, path=path)}


def install_programs() -> None:
    """Sees to the real browser, server and players of the tests: Debian's own, where they can be had without asking."""
    missing = missing_programs()
    if missing and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print(f"Đang cài cho kiểm thử / Installing for the tests: {', '.join(missing)} …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "-y", "--no-install-recommends", *missing.values()]):
            subprocess.run(["apt-get", *step], check=False, env=environment, capture_output=True)
        missing = missing_programs()
    if missing:
        packages = " ".join(missing.values())
        print(f"Thiếu / Missing; their tests will fail. Run: apt-get install --no-install-recommends {packages}")


def install_readers() -> None:
    """Sees to the feed readers of another world that the tests drive, from their own hashed lock."""
    stamp_file = ENVIRONMENT / "readers.stamp"
    wanted = hashlib.sha256((READERS / "package-lock.json").read_bytes()).hexdigest()
    if stamp_file.exists() and stamp_file.read_text() == wanted and (READERS / "node_modules").is_dir():
        return
    if not shutil.which("npm"):
        return
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    if subprocess.run(command, cwd=READERS, check=False).returncode == 0:
        stamp_file.write_text(wanted)


def python() -> str:
    return str(environment_program("python"))


def command_demo(rest: list[str]) -> int:
    set_up(development=False)
    return run(python(), "-m", "broadcaster.demo", *rest)


def command_test(rest: list[str]) -> int:
    set_up(development=True)
    install_programs()
    install_readers()
    return run(python(), "-m", "pytest", *rest)


def command_bench(rest: list[str]) -> int:
    set_up(development=True)
    return run(python(), "-m", "bench", *rest)


def command_lint(rest: list[str]) -> int:
    set_up(development=True)
    checks = (
        (python(), "-m", "ruff", "check", "."),
        (python(), "-m", "ruff", "format", "--check", "."),
        (python(), "-m", "mypy"),
        (str(environment_program("lint-imports")), "--no-cache"),
    )
    return max(run(*check) for check in checks)


def command_shell(rest: list[str]) -> int:
    set_up(development=False)
    wanted = rest[1:] if rest[:1] == ["--"] else rest
    return run(*(wanted or [python()]))


COMMANDS = {
    "demo": command_demo,
    "test": command_test,
    "bench": command_bench,
    "lint": command_lint,
    "shell": command_shell,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="arguments of the command")
    asked = parser.parse_args(arguments)
    try:
        return COMMANDS[asked.command](asked.rest)
    except SetUpFailed as failure:
        print(failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
