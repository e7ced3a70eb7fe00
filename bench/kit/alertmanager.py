"""The peer of deliveries: Debian's Prometheus Alertmanager, each alert a notification of its own to a webhook.

`script/services alertmanager` brings it. It groups by all labels and waits 0 s for more, so that each alert is sent
at once; it keeps alerts in memory and does not write down what it sent.
"""

import asyncio
import contextlib
import json
import shutil
import sys
from pathlib import Path

import uvloop

from bench.kit import sink
from bench.kit.frame import ROOT, free_port, running, wait_for_port

UNPACKED = ROOT / ".cache" / "alertmanager" / "usr" / "bin" / "prometheus-alertmanager"
AT_A_TIME = 100  # alerts in one request, as Prometheus sends them
CONFIGURATION = """
route:
  receiver: sink
  group_by: ['...']
  group_wait: 0s
  group_interval: 5m
  repeat_interval: 4h
receivers:
  - name: sink
    webhook_configs:
      - url: http://127.0.0.1:{port}/
        send_resolved: false
"""


def program() -> str | None:
    """Where it is; says how to bring it when it is not."""
    if UNPACKED.exists():
        return str(UNPACKED)
    found = shutil.which("prometheus-alertmanager")
    if found is None:
        print("Alertmanager is not here to be compared with: run  script/services alertmanager", file=sys.stderr)
    return found


def rate(folder: Path, alerts: int, within: float = 15.0) -> float | None:
    """Notifications a second, from the first that the sink got to the last; None where it is missing."""
    found = program()
    return uvloop.run(_rate(found, folder, alerts, within)) if found else None


async def _rate(program: str, folder: Path, alerts: int, within: float) -> float:
    came: list[float] = []
    all_came = asyncio.Event()

    def heard(at: float, _: bytes) -> None:
        came.append(at)
        if len(came) == alerts:
            all_came.set()

    server, sink_port = await sink.listen(heard)
    port = free_port()
    (folder / "alertmanager.yml").write_text(CONFIGURATION.format(port=sink_port))
    command = [
        program,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=error",
    ]
    with running(command, {"HOME": str(folder)}, folder / "alertmanager.log"):
        await asyncio.to_thread(wait_for_port, port)
        for start in range(0, alerts, AT_A_TIME):
            await _post(port, [_alert(number) for number in range(start, min(start + AT_A_TIME, alerts))])
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(all_came.wait(), within)
    server.close()
    if len(came) < 2:
        raise SystemExit(f"Alertmanager sent {len(came)} of {alerts:,} notifications within {within:g} s")
    return (len(came) - 1) / (max(came) - min(came))


def _alert(number: int) -> dict[str, object]:
    """About as long as the alert that the other side sends."""
    labels = {"alertname": "ZeroDivisionError", "project": "shop", "place": f"C{number:06d}"}
    return {"labels": labels, "annotations": {"summary": "division by zero", "stack": "y" * 600}}


async def _post(port: int, alerts: list[dict[str, object]]) -> None:
    body = json.dumps(alerts).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /api/v2/alerts HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    said = await reader.read()
    writer.close()
    if b" 200 " not in said.partition(b"\r\n")[0]:
        raise SystemExit(f"Alertmanager did not take alerts:\n{said[:400].decode(errors='replace')}")
