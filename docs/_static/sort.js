// Tables of at least ten rows are sorted by a click on the head of a column.
for (const table of document.querySelectorAll("article table")) {
  const rows = [...(table.tBodies[0]?.rows ?? [])];
  if (rows.length < 10 || !table.tHead) continue;
  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => sortKey(row.cells[head.cellIndex].textContent.trim());
      const order = (a, b) => {
        const [x, y] = [key(a), key(b)];
        if (x === "" || y === "") return (x === "") - (y === ""); // what is missing stays last
        const numbers = typeof x === "number" && typeof y === "number";
        return (down ? -1 : 1) * (numbers ? x - y : `${x}`.localeCompare(`${y}`, "en"));
      };
      table.tBodies[0].append(...rows.sort(order));
    });
  }
}

// 3.4M is a number: so are figures with a letter of their grade behind them.
function sortKey(text) {
  const found = /^(-?[\d.,]+)([KMGT]?)(?: [pqcr])?$/.exec(text);
  const factor = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };
  return found ? Number(found[1].replaceAll(",", "")) * factor[found[2]] : text;
}
