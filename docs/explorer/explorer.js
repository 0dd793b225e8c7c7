"use strict";

/* The explorer of the reference table. The page holds its data (#data); nothing is fetched. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const MEASUREMENTS = ["accuracy", "params", "macs"];
  const EXPONENTS = ["alpha", "beta", "gamma"];
  const WORDS = { accuracy: "Top-1 accuracy", params: "Params", macs: "MACs" };

  /* ---- The formulas, as in the package: params in millions, MACs in billions. ---- */

  function netscore(accuracy, params, macs, { alpha, beta, gamma }) {
    if (accuracy === 0 && alpha > 0) return -Infinity;
    return (accuracy ? 20 * alpha * Math.log10(accuracy) : 0)
      - 20 * beta * Math.log10(params / 1e6) - 20 * gamma * Math.log10(macs / 1e9);
  }

  const informationDensity = (accuracy, params) => accuracy * 1e6 / params;

  /* One more than the number of higher scores. */
  const rankAmong = (score, scores) => 1 + scores.filter((other) => other > score).length;

  function dominates(one, other) {
    const better = MEASUREMENTS.map((name) =>
      Math.sign(one[name] - other[name]) * (name === "accuracy" ? 1 : -1));
    return better.every((sign) => sign >= 0) && better.some((sign) => sign > 0);
  }

  /* ---- Numbers as the library reads and writes them. ---- */

  const SUFFIXES = { K: 3, k: 3, M: 6, G: 9, B: 9, T: 12 };
  const DECIMAL = /^([+-]?(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+))(?:([eE][+-]?[0-9]+)|([KkMGBT]))?$/;

  /* The value of what is typed, or null if it is no number; a suffix only where one is allowed. */
  function readNumber(text, suffixes) {
    const match = DECIMAL.exec(text.trim());
    if (!match || (match[3] && !suffixes)) return null;
    return Number(match[1].replaceAll("_", "") + (match[2] || `e${SUFFIXES[match[3]] || 0}`));
  }

  function fixed(sign, digits, exponent) {
    if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
    const whole = digits.padEnd(exponent + 1, "0");
    const rest = whole.slice(exponent + 1);
    return sign + whole.slice(0, exponent + 1) + (rest && `.${rest}`);
  }

  function scientific(sign, digits, exponent) {
    const rest = digits.slice(1) && `.${digits.slice(1)}`;
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digits[0]}${rest}e${exponent < 0 ? "-" : "+"}${size}`;
  }

  function parts(text) {
    const [, sign, digits, exponent] = /^(-?)([0-9.]+)e([+-][0-9]+)$/.exec(text);
    return [sign, digits.replace(".", ""), Number(exponent)];
  }

  /* Python's repr of a float. */
  function pythonRepr(value) {
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    const [sign, digits, exponent] = parts(value.toExponential());
    if (exponent < -4 || exponent >= 16) return scientific(sign, digits, exponent);
    const text = fixed(sign || (Object.is(value, -0) ? "-" : ""), digits, exponent);
    return text.includes(".") ? text : `${text}.0`;
  }

  /* Python's format of a float with a number of significant digits ("g"), ties to even. */
  function pythonGeneral(value, significant) {
    if (value === 0) return "0";
    let [sign, digits, exponent] = parts(value.toExponential(significant - 1));
    const [, exact, at] = parts(value.toExponential(100));
    if (/^50*$/.test(exact.slice(significant)) && Number(exact[significant - 1]) % 2 === 0) {
      [digits, exponent] = [exact.slice(0, significant), at];
    }
    digits = digits.replace(/0+$/, "");
    const far = exponent < -4 || exponent >= significant;
    return (far ? scientific : fixed)(sign, digits, exponent);
  }

  /* Python's repr of a text. */
  function pythonText(text) {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    return quote + text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`) + quote;
  }

  function shortCount(value) {
    const rounded = Number(pythonGeneral(value, 3));
    for (const suffix of ["T", "G", "M", "K"]) {
      const scale = 10 ** SUFFIXES[suffix];
      if (rounded >= scale && rounded < scale * 1000) {
        return pythonGeneral(rounded / scale, 3) + suffix;
      }
    }
    return pythonGeneral(rounded, 3);
  }

  const decimals = (value) => value === -Infinity ? "−∞" : value.toFixed(2).replace("-", "−");
  const grouped = (value) => value.toLocaleString("en-US");
  const percent = (value) => String(value);
  const shown = { accuracy: (v) => `${percent(v)} %`, params: shortCount, macs: shortCount };

  /* What the library says about a value that is typed: its number, or its refusal, or a doubt. */
  function check(name, text) {
    const rule = data.rules[name];
    const suffixes = name === "params" || name === "macs";
    const value = readNumber(text, suffixes);
    if (value === null) {
      const sentence = suffixes ? data.quantity : rule.noNumber;
      return { refusal: sentence.replace("{value}", () => pythonText(text)) };
    }
    const low = rule.lowerAllowed ? value >= rule.lower : value > rule.lower;
    const high = rule.upper === null ? value < Infinity : value <= rule.upper;
    const zero = rule.orZero && value === 0;
    if (!zero && (!low || !high)) return { refusal: rule.refusal.replace("{value}", pythonRepr(value)) };
    const doubtful = value > 0 && value <= rule.looksWrongUpTo;
    return {
      value,
      doubt: doubtful ? rule.doubt.replace("{value}", pythonGeneral(value, 6)) : "",
    };
  }

  /* ---- The networks. ---- */

  const networks = data.networks.map((network) => ({
    ...network,
    ...Object.fromEntries(MEASUREMENTS.map((name) => [name, network.figures[name].value])),
  }));
  const scoreAll = (exponents) =>
    networks.map((network) => netscore(network.accuracy, network.params, network.macs, exponents));
  const rankAll = (scores) => scores.map((score) => rankAmong(score, scores));
  rankAll(scoreAll(data.defaults)).forEach((rank, i) => { networks[i].defaultRank = rank; });

  /* ---- The view: everything that the address holds. ---- */

  const view = {
    ...data.defaults, x: "macs", sort: "rank", descending: false, network: null,
    accuracy: "", params: "", macs: "",
  };
  const START = { ...view };
  let hovered = null;

  function readAddress() {
    const address = new URLSearchParams(location.hash.slice(1));
    Object.assign(view, START);
    for (const name of EXPONENTS) {
      const found = address.has(name) ? check(name, address.get(name)) : {};
      if (found.value !== undefined) view[name] = found.value;
    }
    if (address.get("x") === "params") view.x = "params";
    if (COLUMNS.some((column) => column.key === address.get("sort"))) view.sort = address.get("sort");
    view.descending = address.has("descending");
    if (networks.some((network) => network.anchor === address.get("network"))) {
      view.network = address.get("network");
    }
    for (const name of MEASUREMENTS) view[name] = address.get(name) || "";
  }

  /* Browsers allow only so many changes of the address: a slider must not make one at each step. */
  let later = null;

  function writeAddressLater() {
    clearTimeout(later);
    later = setTimeout(writeAddress, 200);
  }

  function writeAddress() {
    later = null;
    const address = new URLSearchParams();
    for (const [name, value] of Object.entries(view)) {
      if (value !== START[name]) address.set(name, value === true ? "" : value);
    }
    const text = address.toString().replace(/=(?=&|$)/g, "");
    if (text !== location.hash.slice(1)) {
      history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
    }
  }

  /* ---- What follows from the view. ---- */

  let own = null;

  function update() {
    const exponents = Object.fromEntries(EXPONENTS.map((name) => [name, view[name]]));
    const scores = scoreAll(exponents);
    const ranks = rankAll(scores);
    networks.forEach((network, i) => {
      network.score = scores[i];
      network.rank = ranks[i];
      network.change = network.defaultRank - ranks[i];
      network.density = informationDensity(network.accuracy, network.params);
    });
    own = readOwn(exponents, scores);
    showExponents();
    showMoved();
    showResult();
    drawChart();
    showTable();
    showDetails();
    writeAddressLater();
  }

  function readOwn(exponents, scores) {
    const typed = {};
    for (const name of MEASUREMENTS) {
      const field = find(name);
      if (field.value !== view[name]) field.value = view[name];
      const found = view[name].trim() ? check(name, view[name]) : {};
      const message = find(`${name}-message`);
      message.className = `message ${found.refusal ? "refusal" : "question"}`;
      say(message, found.refusal || found.doubt || "");
      field.setAttribute("aria-invalid", String(Boolean(found.refusal)));
      typed[name] = found.value;
    }
    if (MEASUREMENTS.some((name) => typed[name] === undefined)) return null;
    const score = netscore(typed.accuracy, typed.params, typed.macs, exponents);
    return {
      ...typed, name: "Your network", score, rank: rankAmong(score, scores),
      density: informationDensity(typed.accuracy, typed.params),
      dominatedBy: networks.filter((network) => dominates(network, typed)),
      dominates: networks.filter((network) => dominates(typed, network)),
    };
  }

  /* ---- Building elements. ---- */

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function draw(tag, attributes = {}, text = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  }

  /* Only what is new is written, so that a screen reader hears each sentence once. */
  function say(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  /* ---- The exponents. ---- */

  function showExponents() {
    for (const name of EXPONENTS) {
      find(name).value = view[name];
      const number = find(`${name}-number`);
      if (document.activeElement !== number || number.getAttribute("aria-invalid") !== "true") {
        if (readNumber(number.value, false) !== view[name]) number.value = view[name];
        number.setAttribute("aria-invalid", "false");
      }
    }
    if (!document.querySelector(".exponent [aria-invalid='true']")) say(find("exponent-message"), "");
  }

  function showMoved() {
    const moved = networks.filter((network) => network.change !== 0);
    let text = "Ranks are those of the default exponents.";
    if (moved.length) {
      const most = moved.reduce((a, b) => Math.abs(b.change) > Math.abs(a.change) ? b : a);
      text = `${moved.length} of ${networks.length} networks change rank; the most, ${most.name}, `
        + `goes from ${most.defaultRank} to ${most.rank}.`;
    } else if (EXPONENTS.some((name) => view[name] !== START[name])) {
      text = "No network changes rank against the default exponents.";
    }
    say(find("moved"), text);
  }

  /* ---- The visitor's network. ---- */

  function showResult() {
    const result = find("result");
    const content = [];
    if (own) {
      const ordered = [...networks].sort((a, b) => b.score - a.score);
      const above = ordered.findLast((network) => network.score > own.score);
      const below = ordered.find((network) => network.score < own.score);
      const level = ordered.filter((network) => network.score === own.score);
      const standing = (network) => network ? `${network.name} with ${decimals(network.score)}` : "none";
      const rows = {
        NetScore: decimals(own.score),
        Density: `${decimals(own.density)} % per million params`,
        Rank: `${own.rank} of ${networks.length + 1}`
          + (level.length ? `, level with ${level.map((network) => network.name).join(", ")}` : ""),
        Above: standing(above),
        Below: standing(below),
        Beaten: own.dominatedBy.length
          ? `by ${own.dominatedBy.length} in all three measures: ${own.dominatedBy[0].name}`
            + (own.dominatedBy.length > 1 ? " and others" : "")
          : "by none in all three measures",
        Beats: `${own.dominates.length} of ${networks.length} in all three measures`,
      };
      content.push(definitions(rows));
    }
    const text = content.map((element) => element.textContent).join("");
    if (result.textContent !== text) result.replaceChildren(...content);
  }

  function definitions(rows) {
    const list = make("dl");
    for (const [name, value] of Object.entries(rows)) {
      list.append(make("dt", {}, name), make("dd", name === "NetScore" ? { class: "big" } : {}, value));
    }
    return list;
  }

  /* ---- The details of one network. ---- */

  const chosen = () => networks.find((network) => network.anchor === view.network);

  function showDetails() {
    const network = hovered || chosen();
    const body = find("details-body");
    if (!network) {
      find("details-title").textContent = "No network chosen";
      body.replaceChildren(make("p", { class: "note" },
        "Choose one in the chart or in the table to see its figures, and where each of them comes from."));
      return;
    }
    find("details-title").textContent = network.name;
    const summary = make("p", {},
      `NetScore ${decimals(network.score)}, rank ${network.rank}${changeWords(network)}. `
      + `${decimals(network.density)} % per million params. `
      + `${network.front ? "On the Pareto front" : "Not on the Pareto front"}. `
      + `${network.family}, ${network.year}, ${network.input} × ${network.input} pixels; `
      + `among the 60: ${network.membership}.`);
    const head = make("tr", {},
      ...["Figure", "Value", "Grade", "Source"].map((word, i) =>
        make("th", { scope: "col", class: i === 1 ? "" : "text" }, word)));
    const rows = MEASUREMENTS.map((name) => {
      const figure = network.figures[name];
      const value = name === "accuracy" ? `${figure.value} %` : grouped(figure.value);
      return make("tr", {},
        make("th", { scope: "row", class: "text" }, WORDS[name]),
        make("td", {}, value),
        make("td", { class: "text" }, figure.grade),
        make("td", { class: "text source" }, ...source(figure.source)));
    });
    const table = make("table", { class: "figures" },
      make("thead", {}, head), make("tbody", {}, ...rows));
    const more = make("p", {}, network.note ? `${network.note} ` : "",
      make("a", { href: `../reference-table.html#${network.anchor}` }, "Its entry in the reference table"));
    body.replaceChildren(summary, make("div", { class: "scroll" }, table), more);
  }

  function source(key) {
    const { citation, where, locators } = data.sources[key];
    const content = [citation];
    for (const [text, address] of locators) {
      content.push(" ", address ? make("a", { href: address }, text) : text);
    }
    if (where) content.push(`; ${where}`);
    return content;
  }

  function changeWords({ change, defaultRank }) {
    if (!change) return "";
    return ` (${change > 0 ? "up" : "down"} ${Math.abs(change)} from ${defaultRank})`;
  }

  function choose(network) {
    view.network = network ? network.anchor : null;
    hovered = null;
    update();
  }

  /* ---- The table. ---- */

  const COLUMNS = [
    { key: "rank", title: "Rank" },
    { key: "change", title: "Moved", first: "descending" },
    { key: "name", title: "Network", text: true },
    { key: "score", title: "NetScore", first: "descending" },
    { key: "accuracy", title: "Top-1 %", first: "descending" },
    { key: "params", title: "Params" },
    { key: "macs", title: "MACs" },
    { key: "density", title: "% / M params", first: "descending" },
  ];

  function makeTableHead() {
    for (const { key, title, text } of COLUMNS) {
      const button = make("button", { type: "button" }, title);
      button.addEventListener("click", () => sortBy(key));
      document.querySelector("#table thead tr").append(
        make("th", { scope: "col", class: text ? "text" : "", "data-key": key }, button));
    }
  }

  function sortBy(key) {
    const first = COLUMNS.find((column) => column.key === key).first === "descending";
    view.descending = view.sort === key ? !view.descending : first;
    view.sort = key;
    update();
  }

  function compareRows(a, b) {
    const [x, y] = [a[view.sort], b[view.sort]];
    const order = view.sort === "name" ? x.localeCompare(y, "en") : x === y ? 0 : x < y ? -1 : 1;
    return (view.descending ? -order : order) || b.score - a.score || a.name.localeCompare(b.name, "en");
  }

  function showTable() {
    for (const cell of document.querySelectorAll("#table th[data-key]")) {
      if (cell.dataset.key === view.sort) {
        cell.setAttribute("aria-sort", view.descending ? "descending" : "ascending");
      } else cell.removeAttribute("aria-sort");
    }
    const rows = [...networks, ...(own ? [{ ...own, change: 0 }] : [])].sort(compareRows);
    const focused = document.activeElement.closest?.("#table tbody") && document.activeElement.value;
    document.querySelector("#table tbody").replaceChildren(...rows.map(tableRow));
    if (focused) document.querySelector(`#table button[value="${focused}"]`).focus();
  }

  function tableRow(network) {
    const mine = network.anchor === undefined;
    const cells = COLUMNS.map(({ key, text }) => {
      if (key === "name") {
        const content = mine ? network.name
          : make("button", { type: "button", value: network.anchor }, network.name);
        return make("th", { scope: "row", class: "text" }, content);
      }
      const cell = make("td", { "data-value": network[key] });
      if (key === "change") cell.append(...(mine ? ["–"] : changeMark(network.change)));
      else cell.append(cellText(key, network[key]));
      return cell;
    });
    const kind = mine ? "own-row" : network.anchor === view.network ? "chosen" : "";
    return make("tr", { class: kind }, ...cells);
  }

  function cellText(key, value) {
    if (key === "params" || key === "macs") return shortCount(value);
    if (key === "score" || key === "density") return decimals(value);
    return String(value);
  }

  function changeMark(change) {
    if (!change) return [make("span", { "aria-hidden": "true" }, "·"), make("span", { class: "hidden" }, "no")];
    const up = change > 0;
    return [
      make("span", { class: up ? "up" : "down", "aria-hidden": "true" }, `${up ? "▲" : "▼"} ${Math.abs(change)}`),
      make("span", { class: "hidden" }, `${up ? "up" : "down"} ${Math.abs(change)}`),
    ];
  }

  /* ---- The chart. ---- */

  const chart = find("chart");
  const layers = {};
  let places = [];

  function makeChart() {
    const clip = draw("clipPath", { id: "plot-area" });
    clip.append(draw("rect"));
    chart.append(clip);
    for (const name of ["grid", "lines", "stairs", "points", "own", "labels"]) {
      layers[name] = draw("g", name === "points" ? {
        role: "listbox", "aria-label": "Networks; arrow keys move between them, Enter keeps one",
      } : { "aria-hidden": "true" });
      chart.append(layers[name]);
    }
    for (const clipped of ["lines", "stairs"]) layers[clipped].setAttribute("clip-path", "url(#plot-area)");
    /* Small points are drawn over large ones; they keep this order, whatever the axis. */
    for (const network of networks) {
      const point = draw("circle", { role: "option", tabindex: "-1", class: "point", id: `point-${network.anchor}` });
      point.addEventListener("focus", () => { hovered = network; drawChart(); showDetails(); });
      point.addEventListener("blur", () => { hovered = null; drawChart(); showDetails(); });
      network.point = point;
      layers.points.append(point);
    }
  }

  /* Steps of 1, 2 and 5 times a power of ten: the first that gives at most `most` of them. */
  function niceStep(span, most) {
    const power = 10 ** Math.floor(Math.log10(span / most));
    return power * [1, 2, 5, 10].find((step) => span / (power * step) <= most);
  }

  const multiples = (step, low, high) => {
    const from = Math.ceil(low / step - 1e-9);
    const count = Math.floor(high / step + 1e-9) - from + 1;
    return Array.from({ length: Math.max(count, 0) }, (_, i) => (from + i) * step);
  };

  function drawChart() {
    const width = chart.clientWidth || 800;
    const small = width < 560;
    const height = small ? Math.max(360, width * 1.05) : Math.min(Math.max(460, width * 0.66), 620);
    chart.setAttribute("height", height);
    chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const frame = { left: 46, right: width - 12, top: 40, bottom: height - 46 };
    const { x: key } = view;
    const third = key === "macs" ? "params" : "macs";
    find("chart-title").textContent = `Accuracy against ${WORDS[key]}`;
    document.querySelector(`input[name="axis"][value="${key}"]`).checked = true;

    const all = own ? [...networks, own] : networks;
    const lowX = Math.log10(Math.min(...all.map((network) => network[key]))) - 0.12;
    const highX = Math.log10(Math.max(...all.map((network) => network[key]))) + 0.2;
    const lowY = Math.max(0, Math.min(...all.map((network) => network.accuracy)) - 2.5);
    const highY = Math.min(100, Math.max(...all.map((network) => network.accuracy)) + 2.5);
    const place = {
      x: (value) => frame.left + (Math.log10(value) - lowX) / (highX - lowX) * (frame.right - frame.left),
      y: (value) => frame.bottom - (value - lowY) / (highY - lowY) * (frame.bottom - frame.top),
    };
    const largest = Math.max(...networks.map((network) => network[third]));
    const most = small ? 17 : 26;
    const radius = (value) => most * Math.sqrt(Math.min(value / largest, 4));

    const area = chart.querySelector("#plot-area rect");
    for (const [name, value] of Object.entries({
      x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top,
    })) area.setAttribute(name, value);

    drawAxes(frame, place, { key, lowX, highX, lowY, highY });
    const levels = drawEqual(frame, place, { key, third, lowX, highX, lowY, highY });
    drawStairs(frame, place, key);
    drawSizes(radius, third);
    drawPoints(place, key, third, radius);
    drawOwn(place, key, radius, third);
    drawNames(frame, small, levels);
  }

  function drawAxes(frame, place, { key, lowX, highX, lowY, highY }) {
    const marks = [];
    const narrow = frame.right - frame.left < 500;
    for (let power = Math.floor(lowX); power <= Math.ceil(highX); power += 1) {
      for (const digit of [1, 2, 5]) {
        const value = digit * 10 ** power;
        const x = place.x(value);
        if (x < frame.left || x > frame.right) continue;
        marks.push(draw("line", { class: "grid", x1: x, x2: x, y1: frame.top, y2: frame.bottom }));
        if (!narrow || digit === 1 || highX - lowX < 2) {
          marks.push(draw("text", { x, y: frame.bottom + 17, "text-anchor": "middle" }, shortCount(value)));
        }
      }
    }
    for (const value of multiples(niceStep(highY - lowY, 8), lowY, highY)) {
      const y = place.y(value);
      marks.push(draw("line", { class: "grid", x1: frame.left, x2: frame.right, y1: y, y2: y }),
        draw("text", { x: frame.left - 7, y: y + 4, "text-anchor": "end" }, pythonGeneral(value, 6)));
    }
    const what = key === "macs" ? "Multiply-accumulates of one inference" : "Parameters";
    marks.push(
      draw("text", { class: "axis-title", x: (frame.left + frame.right) / 2, y: frame.bottom + 38, "text-anchor": "middle" }, what),
      draw("text", { class: "axis-title", x: 4, y: 14 }, "Top-1 accuracy, %"));
    layers.grid.replaceChildren(...marks);
  }

  /* A line of equal score needs the third measure: that of the network in question, or the median. */
  function drawEqual(frame, place, { key, third, lowX, highX, lowY, highY }) {
    const example = hovered || chosen() || own;
    const sorted = networks.map((network) => network[third]).sort((a, b) => a - b);
    const held = example ? example[third] : (sorted[29] + sorted[30]) / 2;
    find("line-caption").textContent = `equal NetScore for ${shortCount(held)} ${WORDS[third] === "Params" ? "params" : "MACs"} `
      + `(${example ? example.name === "Your network" ? "your network" : example.name : "the median"})`;
    const { alpha } = view;
    const weight = key === "macs" ? view.gamma : view.beta;
    const exponents = { alpha: view.alpha, beta: view.beta, gamma: view.gamma };
    const score = (accuracy, logX) => key === "macs"
      ? netscore(accuracy, held, 10 ** logX, exponents) : netscore(accuracy, 10 ** logX, held, exponents);
    const lines = [];
    const labels = [];
    const floor = Math.max(lowY, 1);
    const corners = [score(floor, highX), score(highY, lowX)];
    const span = corners[1] - corners[0];
    if (span > 1e-9) {
      const step = niceStep(span, 9);
      for (const level of multiples(step, corners[0], corners[1])) {
        let ends;
        if (alpha > 0) {
          const accuracyAt = (logX) => 10 ** ((level - score(1, logX)) / (20 * alpha));
          const path = Array.from({ length: 81 }, (_, i) => lowX + (highX - lowX) * i / 80)
            .map((logX) => [place.x(10 ** logX), place.y(Math.min(accuracyAt(logX), 1e4))]);
          lines.push(draw("path", { class: "equal", d: `M${path.map((p) => p.map((v) => v.toFixed(1)).join(",")).join("L")}` }));
          ends = path.filter(([, y]) => y >= frame.top && y <= frame.bottom);
        } else {
          const x = place.x(10 ** (lowX + (score(1, lowX) - level) / (20 * weight)));
          lines.push(draw("path", { class: "equal", d: `M${x},${frame.top}V${frame.bottom}` }));
          ends = [[x, frame.top]];
        }
        if (ends.length) {
          const [x, y] = ends.at(-1);
          const right = x > frame.right - 30;
          labels.push(draw("text", {
            class: "equal-label", x: right ? frame.right - 2 : x, y: right ? y - 3 : Math.max(y, frame.top) - 4,
            "text-anchor": right ? "end" : "middle",
          }, pythonGeneral(level, 6).replace("-", "−")));
        }
      }
    }
    layers.lines.replaceChildren(...lines);
    layers.lineLabels ??= layers.lines.parentNode.insertBefore(draw("g", { "aria-hidden": "true" }), layers.points);
    layers.lineLabels.replaceChildren(...labels);
    return labels.map((label) => label.getBBox());
  }

  /* The networks than which none shown is both more accurate and smaller on this axis. */
  function drawStairs(frame, place, key) {
    const ordered = [...networks].sort((a, b) => a[key] - b[key] || b.accuracy - a.accuracy);
    let best = -1;
    let path = "";
    for (const network of ordered) {
      if (network.accuracy > best) {
        path += path ? `H${place.x(network[key])}V${place.y(network.accuracy)}`
          : `M${place.x(network[key])},${frame.bottom}V${place.y(network.accuracy)}`;
        best = network.accuracy;
      }
    }
    layers.stairs.replaceChildren(draw("path", { class: "stairs", d: `${path}H${frame.right}` }));
  }

  function drawSizes(radius, third) {
    const caption = find("area-caption");
    caption.replaceChildren(`area: ${third === "params" ? "params" : "MACs"}`);
    for (const value of third === "params" ? [1e7, 1e8] : [1e9, 1e10]) {
      const r = radius(value);
      const size = 2 * r + 2;
      const picture = draw("svg", { width: size, height: size, "aria-hidden": "true" });
      picture.append(draw("circle", { class: "size", cx: r + 1, cy: r + 1, r }));
      caption.append(picture, shortCount(value));
    }
  }

  function drawPoints(place, key, third, radius) {
    const scores = networks.map((network) => network.score);
    const [low, high] = [Math.min(...scores), Math.max(...scores)];
    const current = hovered || chosen();
    places = networks.map((network) => ({
      network, x: place.x(network[key]), y: place.y(network.accuracy), r: Math.max(radius(network[third]), 2.5),
    }));
    for (const { network, x, y, r } of places) {
      const { point } = network;
      const share = high > low ? (network.score - low) / (high - low) : 0.5;
      point.setAttribute("cx", x);
      point.setAttribute("cy", y);
      point.setAttribute("r", r);
      point.style.setProperty("--share", `${(100 * share).toFixed(1)}%`);
      point.setAttribute("class", `point${network.front ? " front" : ""}${network === current ? " chosen" : ""}`);
      point.setAttribute("aria-selected", String(network.anchor === view.network));
      point.setAttribute("aria-label", `${network.name}: ${shown.accuracy(network.accuracy)}, `
        + `${shown.params(network.params)} params, ${shown.macs(network.macs)} MACs, `
        + `NetScore ${decimals(network.score)}, rank ${network.rank}${changeWords(network)}`);
      point.setAttribute("tabindex", network === tabStop() ? "0" : "-1");
    }
    /* Large points must not hide small ones; moving a focused element would lose its focus. */
    const order = [...places].sort((a, b) => b.r - a.r).map(({ network }) => network.point);
    const now = [...layers.points.children];
    if (order.some((point, i) => point !== now[i]) && !layers.points.contains(document.activeElement)) {
      layers.points.append(...order);
    }
  }

  const tabStop = () => hovered || chosen() || networks.find((network) => network.rank === 1);

  function drawOwn(place, key, radius, third) {
    const marks = [];
    if (own && own.accuracy >= 0) {
      const x = place.x(own[key]);
      const y = place.y(own.accuracy);
      const r = Math.max(radius(own[third]) * Math.sqrt(Math.PI / 2), 5);
      marks.push(draw("path", { class: "own", d: `M${x},${y - r}l${r},${r}l${-r},${r}l${-r},${-r}Z` }));
      places.push({ network: null, x, y, r });
    }
    const focused = document.activeElement.closest?.("#chart") && hovered;
    if (focused) {
      const { x, y, r } = places.find(({ network }) => network === hovered);
      marks.push(draw("circle", { class: "focus-ring", cx: x, cy: y, r: r + 5 }));
    }
    layers.own.replaceChildren(...marks);
  }

  /* Names where there is room: the network in question, the visitor's, then from rank 1 down. */
  function drawNames(frame, small, levels) {
    const current = hovered || chosen();
    const order = (spot) => spot.network === current ? -2 : spot.network === null ? -1 : spot.network.rank;
    const taken = places.map(({ x, y, r }) => {
      const half = r * 0.75;
      return [x - half, y - half, x + half, y + half];
    }).concat(levels.map(({ x, y, width, height }) => [x, y, x + width, y + height]));
    const labels = [];
    const size = small ? 11 : 12;
    for (const spot of [...places].sort((a, b) => order(a) - order(b))) {
      const { network, x, y, r } = spot;
      const strong = order(spot) < 0;
      const moved = network && network.change ? ` ${network.change > 0 ? "▲" : "▼"}${Math.abs(network.change)}` : "";
      const text = network ? `${network.rank}${moved} ${network.name}` : `${own.rank} Your network`;
      const wide = text.length * size * 0.56 + 4;
      const choices = [[x + r + 5, y + 4], [x - r - 5 - wide, y + 4], [x - wide / 2, y - r - 6], [x - wide / 2, y + r + 14]];
      for (const [left, base] of choices) {
        const box = [left, base - size, left + wide, base + 3];
        const inside = box[0] > frame.left && box[2] < frame.right + 8 && box[1] > frame.top - 6 && box[3] < frame.bottom;
        const free = taken.every((other) =>
          box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);
        if (inside && (free || (strong && choices.at(-1)[0] === left && choices.at(-1)[1] === base))) {
          taken.push(box);
          labels.push(draw("text", {
            class: `name${strong ? " strong" : ""}${network ? "" : " own-label"}`,
            x: left, y: base, style: `font-size:${size}px`,
          }, text));
          break;
        }
      }
    }
    layers.labels.replaceChildren(...labels);
  }

  /* ---- What the visitor does. ---- */

  function nearest(event) {
    const box = chart.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = null;
    let least = 26;
    for (const spot of places) {
      if (!spot.network) continue;
      const distance = Math.hypot(spot.x - x, spot.y - y);
      if (distance < least) [best, least] = [spot.network, distance];
    }
    return best;
  }

  function hover(network) {
    if (network === hovered) return;
    hovered = network;
    drawChart();
    showDetails();
  }

  function moveFocus(event) {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const ordered = [...networks].sort((a, b) => a[view.x] - b[view.x] || a.accuracy - b.accuracy);
    const at = ordered.findIndex((network) => network.point === event.target);
    let target = null;
    if (at < 0) return;
    if (event.key in steps) target = ordered[(at + steps[event.key] + ordered.length) % ordered.length];
    else if (event.key === "Home") [target] = ordered;
    else if (event.key === "End") target = ordered.at(-1);
    else if (event.key === "Enter" || event.key === " ") {
      view.network = view.network === ordered[at].anchor ? null : ordered[at].anchor;
      update();
    } else if (event.key === "Escape") {
      view.network = null;
      update();
    } else return;
    event.preventDefault();
    target?.point.focus();
  }

  function listen() {
    for (const name of EXPONENTS) {
      find(name).addEventListener("input", (event) => {
        view[name] = Number(event.target.value);
        find(`${name}-number`).setAttribute("aria-invalid", "false");
        update();
      });
      find(`${name}-number`).addEventListener("input", (event) => {
        const found = check(name, event.target.value);
        event.target.setAttribute("aria-invalid", String(Boolean(found.refusal)));
        say(find("exponent-message"), found.refusal || "");
        if (found.value !== undefined) {
          view[name] = found.value;
          update();
        }
      });
    }
    find("reset").addEventListener("click", () => {
      Object.assign(view, data.defaults);
      for (const name of EXPONENTS) find(`${name}-number`).setAttribute("aria-invalid", "false");
      update();
    });
    for (const name of MEASUREMENTS) {
      find(name).addEventListener("input", (event) => {
        view[name] = event.target.value;
        update();
      });
    }
    find("own").addEventListener("submit", (event) => event.preventDefault());
    find("clear").addEventListener("click", () => {
      for (const name of MEASUREMENTS) view[name] = "";
      update();
      find("accuracy").focus();
    });
    for (const radio of document.querySelectorAll("input[name='axis']")) {
      radio.addEventListener("change", () => { view.x = radio.value; update(); });
    }
    chart.addEventListener("pointermove", (event) => hover(nearest(event)));
    chart.addEventListener("pointerleave", () => hover(null));
    chart.addEventListener("click", (event) => {
      const network = nearest(event);
      choose(network && network.anchor === view.network ? null : network);
    });
    chart.addEventListener("keydown", moveFocus);
    document.querySelector("#table tbody").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) choose(networks.find((network) => network.anchor === button.value));
    });
    window.addEventListener("hashchange", () => { readAddress(); update(); });
    new ResizeObserver(() => drawChart()).observe(chart.parentElement);
  }

  /* ---- The theme, kept under the name that the other pages of the site use. ---- */

  function showTheme(theme) {
    document.body.dataset.theme = theme;
    find("theme").textContent = `Theme: ${theme}`;
  }

  function listenForTheme() {
    const themes = ["auto", "light", "dark"];
    let kept = null;
    try { kept = localStorage.getItem("theme"); } catch { /* a visitor may forbid it */ }
    showTheme(themes.includes(kept) ? kept : "auto");
    find("theme").addEventListener("click", () => {
      const next = themes[(themes.indexOf(document.body.dataset.theme) + 1) % themes.length];
      showTheme(next);
      try { localStorage.setItem("theme", next); } catch { /* then it lasts as long as the page */ }
    });
  }

  find("version").textContent = data.version;
  makeTableHead();
  makeChart();
  readAddress();
  listenForTheme();
  listen();
  update();

  window.explorer = { addressIsWritten: () => later === null, netscore, informationDensity, check, pythonRepr, pythonGeneral, shortCount };
})();
