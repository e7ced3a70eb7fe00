"""Runs every benchmark, one after the other, and sums them up: `script/bench all`, with --write into README.md."""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from bench.kit.frame import ROOT, machine, python

README = ROOT / "bench" / "README.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
BARS = {
    "ingest": "≥ 5,000/s, ≥ 55 % of the same door without spooling",
    "digest": "≥ 2,500/s in one process, ≥ 50 % of the bare loop",
    "deliver": "≥ 50 % of a bare aiohttp loop; over 1,000 channels ≥ 80 % of that; not slower than Alertmanager",
    "backlog": "a claim ≤ 10 ms with 1,000,000 waiting; p99 beside a stalled workspace ≤ 110 %",
    "decide": "≤ 5 ms an alert to owners, 1,000 members; ≥ 2,000 decisions/s in a batch",
    "rules": "p99 ≤ 2 ms an event, 1,000 rules over 100 projects",
    "latency": "p50 ≤ 30 ms, p99 ≤ 200 ms at 1/s and at 500/s",
    "backtest": "≤ 10 s for 14 days of 100,000 events",
    "ownership": "≤ 2 ms for 1,000 rules and 100 frames",
    "slack": "each press answered within 3 s at 100 a second, and each message rewritten",
    "scale": "≥ 3,000 deliveries/s from PostgreSQL, each in the ledger; ≥ 1,000 events/s digested through RabbitMQ",
    "search": "50 of 100,000 issues in ≤ 50 ms with every filter, on SQLite and PostgreSQL",
    "idle": "≤ 180 MB, ≤ 1 % of a core; first start ≤ 60 s, later ≤ 3 s",
}


@dataclass(frozen=True)
class Run:
    """What one benchmark printed: its lines, and the last one read."""

    said: tuple[str, ...]
    result: dict[str, Any]


def main(write: bool) -> int:
    runs = [run(name) for name in BARS]
    found = summary(runs, machine())
    print(f"\n{found}")
    if write:
        README.write_text(placed(README.read_text(), found))
    return 0 if all(one.result["ok"] for one in runs) else 1


def run(name: str) -> Run:
    """Runs one and shows what it says meanwhile. Its exit code is in its last line, too."""
    print(f"== {name}", flush=True)
    lines = []
    with subprocess.Popen(python("-m", f"bench.{name}"), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    try:
        return Run(tuple(line for line in lines[:-1] if line), json.loads(lines[-1]))
    except (ValueError, IndexError):
        raise SystemExit(f"The bench {name} did not end in a line of JSON") from None


def summary(runs: list[Run], where: str) -> str:
    """A table with a row for each, then what each said."""
    rows = [
        "| bench | measured | limit | ratio | peers, same run | bar | holds |",
        "|---|---:|---:|---:|---|---|---|",
    ]
    rows += [row(one.result) for one in runs]
    said = [f"{one.result['bench']}\n" + "\n".join(f"  {line}" for line in one.said) for one in runs]
    return "\n".join([f"On {where}:", "", *rows, "", "```text", *said, "```"])


def row(result: dict[str, Any]) -> str:
    name, unit = result["bench"], result["unit"]
    peers = ", ".join(f"{peer} {value:,}" for peer, value in result["peers"].items()) or "–"  # noqa: RUF001
    cells = [
        f"`{name}`",
        f"{result['value']:,} {unit}",
        f"{result['limit']:,}",
        f"{result['ratio']:.0%}",
        peers,
        BARS[name],
        "yes" if result["ok"] else "**no**",
    ]
    return f"| {' | '.join(cells)} |"


def placed(page: str, found: str) -> str:
    """The page with what was measured between its marks."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{found}\n{END}{after}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into bench/README.md")
    sys.exit(main(parser.parse_args().write))
