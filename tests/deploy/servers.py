"""The same tree behind the web process and behind a real nginx with the shipped configuration."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from broadcaster.app import create_app, listening
from broadcaster.config import Settings
from broadcaster.db import Database

HOUSE = Path(__file__).resolve().parents[2]
CONFIGURATION = HOUSE / "deploy" / "nginx.conf"
START_S = 20.0
NOW = datetime(2026, 11, 10, 1, tzinfo=UTC)


class Missing(Exception):
    """A program that these tests need is not on this machine; the message says how to get it."""


def program(name: str, package: str | None = None) -> str:
    """Where a program lies. A test that cannot run must say so and fail, not pass in silence."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise Missing(f"{name} is not installed; run: apt-get install --no-install-recommends {package or name}")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def nginx_configuration(root: Path, port: int, upstream_port: int = 9) -> str:
    """The shipped file with its five settings, a port and nothing else changed, in the frame that Debian gives it."""
    shipped = CONFIGURATION.read_text("utf-8")
    for ours, here in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{upstream_port};"),
        ("/srv/broadcaster/shelf/;", f"{root.parent}/shelf/;"),
        ("/srv/broadcaster/public.gone;", f"{root}.gone;"),
        ("/srv/broadcaster/public.held;", f"{root}.held;"),
        ("/srv/broadcaster/public;", f"{root};"),
    ):
        assert ours in shipped, f"deploy/nginx.conf lost «{ours}»"
        shipped = shipped.replace(ours, here)
    return shipped


def frame_of(server: str, folder: Path) -> str:
    return f"""
daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log;
{"user root;" if Path("/proc/self").stat().st_uid == 0 else ""}
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 1000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {server}
}}
"""


@contextmanager
def nginx(server: str, port: int, folder: Path) -> Iterator[str]:
    """A real nginx over one server block; answers its address. It ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "nginx.conf"
    configuration.write_text(frame_of(server, folder), encoding="utf-8")
    command = [program("nginx", "nginx-light"), "-c", str(configuration), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
        if process.stderr is not None:
            process.stderr.close()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + START_S
    while time.monotonic() < ends:
        if process.poll() is not None:
            said = process.stderr.read().decode() if process.stderr else ""
            raise AssertionError(f"nginx did not start: {said}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("nginx did not listen in time")


@contextmanager
def web_process(
    settings: Settings, port: int = 0, change: Callable[[Flask], None] = lambda _app: None
) -> Iterator[str]:
    """The application over the tree, without any database; answers its address."""
    app = create_app(settings, Database("sqlite:////proc/no-such-place.sqlite"), clock=lambda: NOW)
    if change is not None:
        change(app)
    with listening(app, host="127.0.0.1", port=port, clock=lambda: NOW, tick=None) as server:
        threading.Thread(target=server.run, daemon=True).start()
        yield f"http://127.0.0.1:{server.effective_port}"
