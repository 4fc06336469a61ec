"""Requests a second and CPU a request: the web process and the shipped nginx configuration beside a bare nginx.

The web process keeps its answers; what it makes of questions that it has never heard is shown too. All three serve the
same files on 127.0.0.1 in one run, in turns, asked by wrk. CPU is that of the server's processes.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # published without types

from broadcaster.publishing.tree import bring_in_line
from tests.deploy.servers import free_port, nginx, nginx_configuration, program

FEED = "feeds/columns/nguoi-tot-viec-tot.xml"
ROUNDS, ROUND_S, CONNECTIONS = 4, 2, 8
#: For wrk: a question that was never asked before, by a line that the web process does not know, with a new number.
NEW_EACH_TIME = """
round, number = os.time(), 0
request = function()
    number = number + 1
    wrk.headers["X-Number"] = round .. "-" .. number
    return wrk.format()
end
"""
#: The web process makes at least these parts of nginx's rate; the shipped configuration is as good as none within this.
LEAST_UNCHANGED, LEAST_FEED, LEAST_SHIPPED = 1 / 10, 1 / 3, 0.9


@dataclass
class Server:
    """A server under test; rates are requests a second, costs CPU microseconds a request, by what was asked.

    The best round counts: what others on the machine take away is no server's doing.
    """

    name: str
    url: str
    process: psutil.Process
    rates: dict[str, list[float]] = field(default_factory=dict)
    costs: dict[str, list[float]] = field(default_factory=dict)

    def rate(self, asked: str) -> float:
        return max(self.rates[asked])

    def cost(self, asked: str) -> float:
        return min(self.costs[asked])


def compare(feed: bytes, folder: Path) -> int:
    """Status 0 where every ratio holds."""
    root = folder / "data" / "public"
    bring_in_line(root, {FEED: feed})
    (folder / "new.lua").write_text(NEW_EACH_TIME)
    with ExitStack() as stack:
        servers = [stack.enter_context(one) for one in _servers(folder, root)]
        tags = {server.name: _tag(server) for server in servers}
        for _round in range(ROUNDS):
            for server in servers:
                _measure(server, "304", {"If-None-Match": tags[server.name]})
                _measure(server, "feed", {})
                _measure(server, "new", {"If-None-Match": tags[server.name]}, folder / "new.lua")
    return _judge({server.name: server for server in servers}, len(feed))


def _servers(folder: Path, root: Path) -> list[AbstractContextManager[Server]]:
    shipped, bare = free_port(), free_port()
    plain = f"server {{ listen 127.0.0.1:{bare}; root {root}; types {{ application/rss+xml xml; }} }}"
    return [
        web_server(folder / "data"),
        _nginx("deploy/nginx.conf", nginx_configuration(root, shipped), shipped, folder / "shipped"),
        _nginx("bare nginx", plain, bare, folder / "bare"),
    ]


@contextmanager
def web_server(data: Path) -> Iterator[Server]:
    """The web process as a process of its own."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.feeds_server", str(data), str(port)], stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/healthz")
        yield Server("web process", url, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def _nginx(name: str, configuration: str, port: int, folder: Path) -> Iterator[Server]:
    with nginx(configuration, port, folder) as url:
        master = psutil.Process(int((folder / "nginx.pid").read_text()))
        yield Server(name, url, master)


def _wait_for(url: str) -> None:
    ends = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def _tag(server: Server) -> str:
    with urllib.request.urlopen(f"{server.url}/{FEED}", timeout=10) as answer:
        return str(answer.headers["ETag"])


def _cpu_s(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return float(sum(one.cpu_times().user + one.cpu_times().system for one in family))


def _measure(server: Server, asked: str, headers: Mapping[str, str], script: Path | None = None) -> None:
    command = [program("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{ROUND_S}s", f"{server.url}/{FEED}"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    if script is not None:
        command += ["-s", str(script)]
    before = _cpu_s(server.process)
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    used_s = _cpu_s(server.process) - before
    if "Non-2xx or 3xx" in said or "Socket errors" in said:
        raise AssertionError(said)
    requests = int(re.findall(r"(\d+) requests in", said)[0])
    server.rates.setdefault(asked, []).append(float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0]))
    server.costs.setdefault(asked, []).append(1e6 * used_s / requests)


def _judge(servers: Mapping[str, Server], feed_bytes: int) -> int:
    bare = servers["bare nginx"]
    print(f"the served tree, {ROUNDS} rounds of {ROUND_S} s, {CONNECTIONS} connections, the best round of each:")
    kinds = {
        "304": "not modified",
        "feed": f"a feed of 50 items, {feed_bytes // 1000} kB",
        "new": "not modified, each question new",
    }
    for asked, words in kinds.items():
        for server in servers.values():
            ratio = server.rate(asked) / bare.rate(asked)
            rate, cost = server.rate(asked), server.cost(asked)
            print(f"  {rate:9.0f}/s  {cost:7.0f} us CPU  {ratio:5.2f} of bare nginx  {server.name}, {words}")
    web, shipped = servers["web process"], servers["deploy/nginx.conf"]
    return max(
        _line("web process, 304", web.rate("304") / bare.rate("304"), LEAST_UNCHANGED),
        _line("web process, feed", web.rate("feed") / bare.rate("feed"), LEAST_FEED),
        _line("deploy/nginx.conf, 304", shipped.rate("304") / bare.rate("304"), LEAST_SHIPPED),
        _line("deploy/nginx.conf, feed", shipped.rate("feed") / bare.rate("feed"), LEAST_SHIPPED),
    )


def _line(what: str, ratio: float, least: float) -> int:
    met = ratio >= least
    print(f"{'met' if met else 'MISSED'}: {what}: at least {least:.2f} of bare nginx's rate, here {ratio:.2f}")
    return 0 if met else 1
