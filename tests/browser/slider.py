"""Measure a step of a slider of the explorer: ``python tests/browser/slider.py [ROWS ...]``.

For 60 networks, and for so many rows of the visitor's beside them, it prints for how long a step
keeps the page's thread busy, with style, layout and painting, in time of the processor, so that
what else the machine does does not count; and the median time by the clock until layout is done.
"""

from __future__ import annotations

import importlib
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import CDPSession, sync_playwright

_STEPS = """async () => {
  const slider = document.getElementById("gamma");
  const taken = [];
  for (let i = 0; i < 60; i += 1) {
    slider.value = 0.2 + 0.02 * i;
    const began = performance.now();
    slider.dispatchEvent(new Event("input"));
    document.body.getBoundingClientRect();
    document.getElementById("chart").getBBox();
    taken.push(performance.now() - began);
    await new Promise((resume) => requestAnimationFrame(() => setTimeout(resume)));
  }
  return taken;
}"""


def _busy(driver: CDPSession) -> float:
    """Return for how many milliseconds the page's thread has worked."""
    metrics = driver.send("Performance.getMetrics")["metrics"]
    return 1000.0 * float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def main(rows: list[int]) -> None:
    """Print a line for each number of rows."""
    draw = random.Random(0)
    sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
    write_explorer = importlib.import_module("write_explorer").write_explorer
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        write_explorer(Path(folder))
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for count in rows:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto((Path(folder) / "index.html").as_uri())
            lines = [
                f"own {i},{draw.uniform(50, 85):.2f},{draw.uniform(1, 100):.2f}M,"
                f"{draw.uniform(0.2, 40):.3f}G"
                for i in range(count)
            ]
            page.locator("#rows").fill("\n".join(lines))
            page.wait_for_function("explorer.settled()")
            page.evaluate(_STEPS)
            watched = page.context.new_cdp_session(page)
            watched.send("Performance.enable", {"timeDomain": "threadTicks"})
            before = _busy(watched)
            taken = page.evaluate(_STEPS)
            busy = (_busy(watched) - before) / len(taken)
            print(
                f"{count:5} own rows: {busy:6.1f} ms of the processor a step, "
                f"{statistics.median(taken):6.1f} ms by the clock"
            )
            page.close()
        browser.close()


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [0, 940])
