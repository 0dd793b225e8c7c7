"""Measure a step of a slider of the explorer: ``python tests/browser/slider.py [ROWS ...]``.

For 60 networks, and for so many rows of the visitor's beside them, it prints how long the page
works from the slider's event until style and layout are done: median and largest of 60 steps.
"""

from __future__ import annotations

import importlib
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

_STEPS = """() => {
  const slider = document.getElementById("gamma");
  const taken = [];
  for (let i = 0; i < 60; i += 1) {
    slider.value = 0.2 + 0.02 * i;
    const began = performance.now();
    slider.dispatchEvent(new Event("input"));
    document.body.getBoundingClientRect();
    document.getElementById("chart").getBBox();
    taken.push(performance.now() - began);
  }
  return taken;
}"""


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
            taken = page.evaluate(_STEPS)[5:]
            print(
                f"{count:5} own rows: median {statistics.median(taken):6.1f} ms, "
                f"largest {max(taken):6.1f} ms"
            )
            page.close()
        browser.close()


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [0, 940])
