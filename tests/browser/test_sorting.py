"""The tables of the site, sorted in a real browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

playwright = pytest.importorskip(
    "playwright.sync_api", reason="the browser is driven by Playwright, of the extra 'docs'"
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SCRIPT = Path(__file__).parents[2] / "docs" / "_static" / "sort.js"


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_a_table_is_sorted_by_the_head_of_a_column() -> None:
    cells = ["9 p", "12.5 q", "300K c", "2M", "1.5G p", "", "7", "80", "1,000", "3.4M r", "900M"]
    rows = "".join(f"<tr><td>{i}</td><td>{cell}</td></tr>" for i, cell in enumerate(cells))
    head = "<thead><tr><th>row</th><th>params</th></tr></thead>"
    small = f"<table>{head}<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content(f"<article><table>{head}<tbody>{rows}</tbody></table>{small}</article>")
        page.add_script_tag(path=SCRIPT)

        def column() -> list[str]:
            found = page.locator("table").first.locator("tbody tr td:first-child")
            return [str(text) for text in found.all_text_contents()]

        params = page.get_by_role("button", name="params")
        assert params.count() == 1  # none where there is nothing to sort
        params.click()
        assert column() == ["6", "0", "1", "7", "8", "2", "3", "9", "10", "4", "5"]
        assert page.locator("th[aria-sort=ascending]").all_text_contents() == ["params"]
        params.press("Enter")
        assert column() == ["4", "10", "9", "3", "2", "8", "7", "1", "0", "6", "5"]
        page.get_by_role("button", name="row").click()
        assert column() == [str(i) for i in range(11)]
        assert page.locator("[aria-sort]").all_text_contents() == ["row"]
        browser.close()
