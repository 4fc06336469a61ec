"""Four clock processes on one database, twenty SIGKILLs, ten freezes beyond the lease, two hundred ticks.

    python -m bench clock [--seeds 3]

Beside ours the usual way: claim the instant under a unique key, then work, then write. Lateness is in real
milliseconds, from the instant that was due to the effect in the database; a tick whose worker was killed or frozen
waits for the lease to run out (200 ms here).
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path

from bench.clock_crew import FREEZES, KILLS, LEASE_MS, SECOND_S, TICKS, Clock, claimed_first, leased, ordeal

CLOCKS: dict[str, Clock] = {"leased (ours)": leased, "claimed first": claimed_first}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench clock", description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=1)
    asked = parser.parse_args(arguments)
    load = f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{load}; a tick every {1000 * SECOND_S:.0f} ms, a lease of {LEASE_MS * SECOND_S:.0f} ms; lateness in ms")
    head = f"{'clock':15}{'seed':>5}{'ticks':>7}{'kills':>7}{'freezes':>9}{'doubled':>9}{'lost':>6}"
    print(f"{head}  in order  late: median, 95 %, most")
    sound = True
    for name, clock in CLOCKS.items():
        for seed in range(1, asked.seeds + 1):
            with tempfile.TemporaryDirectory() as folder:
                done = ordeal(Path(folder), clock, seed=seed)
            late = sorted(1000 * effect.late_s for effect in done.effects)
            row = (
                f"{name:15}{seed:5}{len(done.effects):7}{done.kills:7}{done.freezes:9}{done.doubled:9}{done.missing:6}"
            )
            row += f"{done.missing:6}  {'yes' if done.is_in_order else 'no':8}"
            row += f"  {statistics.median(late):.0f}, {late[int(0.95 * len(late))]:.0f}, {late[-1]:.0f}"
            if clock is leased:
                once = not done.doubled and not done.missing and done.is_in_order and len(done.effects) >= TICKS
                enough = (done.kills, done.freezes) == (KILLS, FREEZES)
                sound = sound and once and enough
                row += "  met" if once and enough else "  MISSED"
            print(row, flush=True)
    return 0 if sound else 1
