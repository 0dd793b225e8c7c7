/* The view, what follows from it, and what the visitor does. */

const find = (id) => document.getElementById(id);

/* ---- The tables of the package. ---- */

const TABLES = Object.fromEntries(Object.entries(data.tables).map(([key, { networks }]) => [key,
  networks.map((network) => ({
    ...network, own: false,
    ...Object.fromEntries(MEASUREMENTS.map((name) => [name, network.figures[name].value])),
  }))]));
const [FIRST_TABLE] = Object.keys(TABLES);

/* ---- The view: everything that the address holds. ---- */

const START = {
  ...data.defaults, table: FIRST_TABLE, x: "macs", y: "accuracy", front: "three", families: "", lines: false,
  search: "", zoom: "", sort: "rank", descending: false, network: null,
  name: "", accuracy: "", params: "", macs: "", sure: "", rows: "", said: "",
};
const view = { ...START };
const CHOICES = {
  table: Object.keys(TABLES), x: ["macs", "params", "year"], y: ["accuracy", "score"], front: ["three", "two", "none"],
};
const LONGEST_FIELD = 200;
const LONGEST_IN_ADDRESS = 4000;
const PAUSE = 400;

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

// What the address was when it was last read or written.
let seen = null;

function readAddress() {
  seen = location.hash;
  const address = new URLSearchParams(location.hash.slice(1));
  Object.assign(view, START);
  for (const name of EXPONENTS) {
    const found = address.has(name) ? checkExponent(name, address.get(name)) : {};
    if (found.value !== undefined) view[name] = found.value;
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    if (choices.includes(address.get(name))) view[name] = address.get(name);
  }
  if (COLUMNS.some((column) => column.key === address.get("sort"))) view.sort = address.get("sort");
  for (const name of ["lines", "descending"]) view[name] = address.has(name);
  const window = (address.get("zoom") || "").split(",").map(Number);
  if (window.length === 4 && zoomable(window)) view.zoom = window.join(",");
  const known = new Set(TABLES[view.table].map(({ family }) => family));
  view.families = (address.get("families") || "").split("|").filter((family) => known.has(family)).join("|");
  for (const name of ["name", "search", "sure", "said", ...MEASUREMENTS]) {
    view[name] = (address.get(name) || "").slice(0, LONGEST_FIELD);
  }
  view.rows = (address.get("rows") || "").slice(0, LONGEST_IN_ADDRESS);
  view.network = address.get("network");
}

/* Whether a window of the chart can be drawn: neither endless nor a single place. */
function zoomable([left, right, low, high]) {
  const fits = (from, to, most) => to - from > 1e-3 && to - from < most && Math.abs(from) < 1e7;
  return fits(left, right, 60) && fits(low, high, 1e7);
}

/* ---- What waits: the address, because browsers allow only so many changes of it, and what is
   being typed, because half a number is another number. ---- */

const waiting = new Map();

function later(what, act, pause) {
  clearTimeout(waiting.get(what)?.timer);
  const run = () => {
    waiting.delete(what);
    act();
  };
  waiting.set(what, { timer: setTimeout(run, pause), run });
}

function now(what) {
  if (!waiting.has(what)) return;
  clearTimeout(waiting.get(what).timer);
  waiting.get(what).run();
}

function addressText() {
  const address = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) {
    if (value === START[name] || (name === "rows" && value.length > LONGEST_IN_ADDRESS)) continue;
    address.set(name, value === true ? "" : value);
  }
  return address.toString().replace(/=(?=&|$)/g, "");
}

function writeAddress() {
  if (location.hash !== seen) return; // somebody has changed it, and it is about to be read
  const text = addressText();
  if (text !== location.hash.slice(1)) {
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
    seen = location.hash;
  }
}

/* ---- What follows from the view. ---- */

let networks = [];
let fronts = {};
let form = {};
let table = {};
let tableOf = null;
let hovered = null;
let silent = false;

const exponents = () => Object.fromEntries(EXPONENTS.map((name) => [name, view[name]]));
const scoreAll = (weights) => networks.map(({ accuracy, params, macs }) => netscore(accuracy, params, macs, weights));
const chosen = () => networks.find((network) => network.anchor === view.network);
const owned = () => networks.filter(({ own }) => own);

/* What the visitor typed, when no doubt stands: ranks, fronts and stairs are those of all. */
function gather() {
  form = readForm(view);
  const key = `${view.rows}\n${view.said}`;
  if (tableOf !== key) [table, tableOf] = [readTable(view.rows, view.said ? view.said.split(" ") : []), key];
  const own = form.network ? [{ ...form.network, anchor: "yours" }] : [];
  if (!table.questions.length) {
    const exchange = view.said.split(" ").includes("pair:exchange");
    table.rows.forEach(({ line, name, accuracy, params, macs }, i) => own.push({
      anchor: `yours-${i + 1}`, name, accuracy, line, ...(exchange ? { params: macs, macs: params } : { params, macs }),
    }));
  }
  const before = new Map(owned().map((network) => [network.anchor, network]));
  networks = [...TABLES[view.table], ...own.map((network) => ({
    point: before.get(network.anchor)?.point, family: "", year: null, own: true, ...network,
  }))];
  rankAll(scoreAll(data.defaults)).forEach((rank, i) => { networks[i].defaultRank = rank; });
  for (const network of networks) network.density = informationDensity(network.accuracy, network.params);
  fronts = { three: paretoFront(networks, MEASUREMENTS), none: new Set() };
  if (view.network && !chosen()) view.network = null;
  chart.setNetworks(networks, listenToPoint);
  makeRows();
  showForm();
}

function update({ gathered = true } = {}) {
  if (!gathered) gather();
  const weights = exponents();
  const scores = scoreAll(weights);
  const ranks = rankAll(scores);
  networks.forEach((network, i) => {
    network.score = scores[i];
    network.rank = ranks[i];
    network.change = network.defaultRank - ranks[i];
  });
  showExponents(weights);
  showAnswer();
  drawChart();
  showTable();
  later("address", writeAddress, 200);
  if (gathered) later("labels", writeLabels, 100);
  else writeLabels();
}

/* What a screen reader says of the points, when the sliders rest. */
function writeLabels() {
  for (const network of networks) set(network.point, "aria-label", describe(network));
}

/* ---- The visitor's network, typed in the form. ---- */

/* What is typed in a field: nothing, a refusal, a question with its answers, or a value. */
function readField(kind, text, columns, sure) {
  if (!text.trim()) return {};
  const flops = kind === "macs" && /^(.*?)\s*([kmgbt]?)flops?$/i.exec(text.trim());
  if (flops) {
    const whole = readCell(kind, flops[1] + flops[2], null);
    const [twice] = Object.values(whole.readings || {});
    if (twice && !ambiguous(whole)) {
      return {
        doubt: `${shortened(text.trim())} are ${shortCount(twice / 2)} MACs.`,
        answers: [[`${shortCount(twice / 2)} MACs: halve them`, { macs: plain(twice / 2) }],
          [`${shortCount(twice)} MACs as they stand`, { macs: plain(twice) }]],
      };
    }
  }
  const cell = readCell(kind, text, null);
  const [value] = columns[kind].values;
  if (cell.missing || (cell.refusal && cell.outside === undefined)) {
    return { refusal: (kind === "accuracy" ? data.rules.accuracy.noNumber : data.quantity).replace("{value}", () => pythonText(text)) };
  }
  if (cell.refusal) return { refusal: cell.refusal };
  if (columns[kind].question) {
    return {
      doubt: `${pythonText(text)} can be read in two ways.`,
      answers: Object.values(cell.readings).map((number) =>
        [kind === "accuracy" ? `${pythonGeneral(number, 12)} %` : grouped(number), { [kind]: plain(number) }]),
    };
  }
  if (Number.isNaN(value)) return { refusal: columns[kind].reasons[0] };
  const { doubt } = judge(kind, value);
  if (!doubt || sure.has(kind) || (kind === "accuracy" && cell.own)) return { value };
  return {
    value, doubt,
    answers: readingsOf(kind).map(([unitName, factor]) => {
      const meant = value * factor;
      const label = kind === "accuracy" ? `${pythonGeneral(meant, 6)} %` : `${shortCount(meant)} ${kind === "macs" ? "MACs" : "params"}`;
      return [label, factor === 1 ? { sure: [...sure, kind].filter(Boolean).join(",") }
        : { [kind]: kind === "accuracy" ? pythonGeneral(meant, 12) : `${plain(value)}${unitName}` }];
    }),
  };
}

const plain = (value) => pythonRepr(value).replace(/\.0$/, "");

function readForm(typed) {
  const filled = MEASUREMENTS.filter((kind) => typed[kind].trim());
  const sure = new Set(typed.sure.split(","));
  const columns = readColumns(Object.fromEntries(filled.map((kind) => [kind, [typed[kind]]])));
  const fields = Object.fromEntries(MEASUREMENTS.map((kind) => [kind, readField(kind, typed[kind], columns, sure)]));
  const clear = MEASUREMENTS.every((kind) => fields[kind].value !== undefined && !fields[kind].doubt);
  const figures = Object.fromEntries(MEASUREMENTS.map((kind) => [kind, fields[kind].value]));
  if (clear && !sure.has("pair")) {
    const { params, macs } = figures;
    const unbalanced = balance([figures]);
    if (unbalanced) {
      fields.macs = {
        doubt: unbalanced.sentence,
        answers: [...(unbalanced.kind === "few"
          ? [[`Exchange: ${shortCount(macs)} params, ${shortCount(params)} MACs`, { params: typed.macs, macs: typed.params }]] : []),
        ["They are right", { sure: [...sure, "pair"].filter(Boolean).join(",") }]],
      };
      return { fields };
    }
  }
  return { fields, network: clear ? { name: typed.name.trim() || "Your network", ...figures } : null };
}

function showForm() {
  for (const name of ["name", "rows", ...MEASUREMENTS]) {
    if (find(name).value !== view[name] && !waiting.has(name)) find(name).value = view[name];
  }
  for (const kind of MEASUREMENTS) {
    const { refusal = "", doubt = "", answers = [] } = form.fields[kind];
    const message = find(`${kind}-message`);
    message.className = `message ${refusal ? "refusal" : "question"}`;
    say(message, refusal || doubt);
    find(kind).setAttribute("aria-invalid", String(Boolean(refusal)));
    showAnswers(`${kind}-answers`, answers.map(([label, patch]) => [label, () => {
      Object.assign(view, patch);
      update({ gathered: false });
      find(kind).focus();
    }]));
  }
  const content = [];
  if (table.error) content.push(make("p", { class: "message refusal" }, table.error));
  const [question] = table.questions;
  if (question) content.push(make("p", { class: "message question" }, `${question.text.replace(/\.?$/, ".")} Until you say, no row is ranked.`));
  const { length } = table.rows;
  if (!table.error && view.rows.trim()) {
    const wrong = table.complaints.length;
    content.push(make("p", { class: "message" }, `${length} ${length === 1 ? "row" : "rows"} read`
      + (wrong ? `, ${wrong} not:` : ".")));
    const listed = table.complaints.slice(0, 10).map(({ line, text }) => make("li", {}, `line ${line}: ${text}`));
    if (wrong > 10) listed.push(make("li", {}, `${wrong - 10} more`));
    if (wrong) content.push(make("ul", { class: "message refusal" }, ...listed));
  }
  const shown = content.map((element) => element.textContent).join("\n");
  if (find("rows-message").dataset.shown !== shown) {
    find("rows-message").dataset.shown = shown;
    find("rows-message").replaceChildren(...content);
  }
  showAnswers("rows-answers", question ? question.answers.map(([label, answer]) => [label, () => {
    view.said = [...view.said.split(" "), answer].filter(Boolean).join(" ");
    update({ gathered: false });
    find("rows").focus();
  }]) : []);
}

/* Buttons that answer a question; they are made anew only if they change. */
function showAnswers(id, answers) {
  const group = find(id);
  group.hidden = !answers.length;
  const shown = answers.map(([label]) => label).join("\n");
  if (group.dataset.shown === shown) return;
  group.dataset.shown = shown;
  group.replaceChildren(...answers.map(([label, act]) => {
    const button = make("button", { type: "button" }, label);
    button.addEventListener("click", act);
    return button;
  }));
}

/* ---- Building elements. ---- */

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/* Only what is new is written, so that a screen reader hears each sentence once. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/* ---- The exponents. ---- */

function showExponents(weights) {
  for (const name of EXPONENTS) {
    if (Number(find(name).value) !== view[name]) find(name).value = view[name];
    const number = find(`${name}-number`);
    if (!waiting.has(`${name}-number`) && number.getAttribute("aria-invalid") !== "true"
      && Number(number.value || NaN) !== view[name]) number.value = view[name];
  }
  if (!document.querySelector("#exponents [aria-invalid='true']")) say(find("exponent-message"), "");
  say(find("signature"), signature(weights));
}

/* ---- The answer: it stays in view beside the chart. ---- */

function showAnswer() {
  let moved = 0;
  let most = null;
  for (const network of networks) {
    if (!network.change) continue;
    moved += 1;
    if (!most || Math.abs(network.change) > Math.abs(most.change)) most = network;
  }
  let text = "Ranks are those of the default exponents.";
  if (moved) {
    text = `${moved} of ${networks.length} networks change rank; the most, ${shortened(most.name)}, `
      + `goes from ${most.defaultRank} to ${most.rank}.`;
  } else if (EXPONENTS.some((name) => view[name] !== START[name])) {
    text = "No network changes rank against the default exponents.";
  }
  say(find("moved"), text);
  const own = owned();
  const asked = MEASUREMENTS.some((kind) => form.fields[kind].doubt) || table.questions.length > 0;
  let answer = asked ? "Your network is not ranked while a question stands." : "";
  if (own.length === 1) {
    const [{ name, score, rank }] = own;
    answer = `${shortened(name)}: NetScore ${decimals(score)}, rank ${rank} of ${networks.length}, `
      + `${fronts.three.has(own[0]) ? "on" : "not on"} the front.`;
  } else if (own.length) {
    const best = own.reduce((a, b) => b.rank < a.rank ? b : a);
    answer = `Your ${own.length} networks: the best, ${shortened(best.name)}, has NetScore ${decimals(best.score)} and rank `
      + `${best.rank} of ${networks.length}; ${own.filter((one) => fronts.three.has(one)).length} on the front.`;
  }
  say(find("own-answer"), answer);
  const network = chosen();
  say(find("chosen-text"), network ? `${shortened(network.name)}: NetScore ${decimals(network.score)}, rank ${network.rank}${changeWords(network)}.` : "");
  find("to-details").hidden = !network;
  showResult();
}

function changeWords({ change, defaultRank }) {
  if (!change) return "";
  return ` (${change > 0 ? "up" : "down"} ${Math.abs(change)} from ${defaultRank})`;
}

/* Where the network of the form stands. */
function showResult() {
  const content = [];
  const own = networks.find(({ anchor }) => anchor === "yours");
  if (own) {
    const ordered = networks.filter((network) => network !== own).sort((a, b) => b.score - a.score);
    const above = ordered.findLast((network) => network.score > own.score);
    const below = ordered.find((network) => network.score < own.score);
    const level = ordered.filter((network) => network.score === own.score);
    const standing = (network) => network ? `${network.name} with ${decimals(network.score)}` : "none";
    const by = ordered.filter((network) => dominates(network, own));
    const over = ordered.filter((network) => dominates(own, network));
    content.push(definitions({
      NetScore: decimals(own.score),
      Density: `${decimals(own.density)} % per million params`,
      Rank: `${own.rank} of ${networks.length}`
        + (level.length ? `, level with ${level.map((network) => network.name).join(", ")}` : ""),
      Above: standing(above),
      Below: standing(below),
      Beaten: by.length
        ? `by ${by.length} in all three measures: ${by[0].name}${by.length > 1 ? " and others" : ""}`
        : "by none in all three measures",
      Beats: `${over.length} of ${networks.length - 1} in all three measures`,
    }));
  }
  const text = content.map((element) => element.textContent).join("");
  if (find("result").textContent !== text) find("result").replaceChildren(...content);
}

function definitions(rows) {
  const list = make("dl");
  for (const [name, value] of Object.entries(rows)) {
    list.append(make("dt", {}, name), make("dd", name === "NetScore" ? { class: "big" } : {}, value));
  }
  return list;
}

/* ---- The chart and its tooltip. ---- */

const WORDS_IN_TITLE = { accuracy: "Accuracy", score: "NetScore", macs: "MACs", params: "Params", year: "year" };

function normalised(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/* Which networks the search and the families leave; the visitor's are of no family. */
function filter() {
  const wanted = normalised(view.search);
  const families = new Set(view.families ? view.families.split("|") : []);
  return ({ name, family, own }) => (!wanted || normalised(`${name}${family}`).includes(wanted))
    && (!families.size || own || families.has(family));
}

/* The third measure of lines of equal score: that of the network in question, or the median. */
function heldMeasure() {
  const third = view.x === "macs" ? "params" : "macs";
  const near = ({ own, [third]: value }) => own && value >= sorted[0] / 10 && value <= sorted.at(-1) * 10;
  const sorted = TABLES[view.table].map((network) => network[third]).sort((a, b) => a - b);
  const example = chosen() || networks.find(near);
  const half = sorted.length / 2;
  const median = (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
  return { value: example ? example[third] : median, whose: example ? shortened(example.name) : "the median", third };
}

let drawn = null;

function drawChart() {
  const leaves = filter();
  const held = heldMeasure();
  const best = networks.find((network) => network.rank === 1);
  fronts.two = view.front === "two" && view.x !== "year" ? paretoFront(networks, [view.x, view.y]) : new Set();
  drawn = {
    networks, view, held, hovered, exponents: exponents(), current: chosen(), front: fronts[view.front],
    dimmed: (network) => !leaves(network), tabStop: hovered || chosen() || best,
  };
  const { third, radius } = chart.show(drawn);
  say(find("chart-title"), `${WORDS_IN_TITLE[view.y]} against ${WORDS_IN_TITLE[view.x]}`);
  for (const [name, key] of [["axis", "x"], ["up", "y"], ["front", "front"], ["table", "table"]]) {
    const radio = document.querySelector(`input[name="${name}"][value="${view[key]}"]`);
    if (!radio.checked) radio.checked = true;
  }
  say(find("line-caption"), `equal NetScore for ${shortCount(held.value)} ${held.third === "params" ? "params" : "MACs"} (${held.whose})`);
  find("line-key").hidden = view.y !== "accuracy" || view.x === "year";
  find("stairs-key").hidden = view.front !== "two" || view.x === "year";
  say(find("front-caption"), { three: " of all three measures", two: " of the two measures shown", none: " (not shown)" }[view.front]);
  find("zoom-whole").disabled = !view.zoom;
  showSizes(radius, third);
  showTooltip();
}

let sizes = "";

function showSizes(radius, third) {
  const values = third === "params" ? [1e7, 1e8] : [1e9, 1e10];
  const wanted = third + values.map(radius);
  if (sizes === wanted) return;
  sizes = wanted;
  const caption = find("area-caption");
  caption.replaceChildren(`area: ${third === "params" ? "params" : "MACs"}`);
  for (const value of values) {
    const r = radius(value);
    const picture = draw("svg", { width: 2 * r + 2, height: 2 * r + 2, "aria-hidden": "true" });
    picture.append(draw("circle", { class: "size", cx: r + 1, cy: r + 1, r }));
    caption.append(picture, shortCount(value));
  }
}

function figuresOf(network) {
  const { accuracy, params, macs } = network;
  return network.figuresText ??= `${accuracy} %, ${shortCount(params)} params, ${shortCount(macs)} MACs`;
}

const describe = (network) => `${network.name}: ${figuresOf(network)}, `
  + `NetScore ${decimals(network.score)}, rank ${network.rank}${changeWords(network)}`;

/* The figures of a network stand at its point: of the one pointed at, else of the chosen one. */
function showTooltip() {
  const tooltip = find("tooltip");
  const network = silent ? null : hovered || chosen();
  const spot = network && chart.spot(network);
  tooltip.hidden = !spot;
  if (!spot) return;
  const rows = [
    make("strong", {}, network.name),
    make("span", {}, figuresOf(network)),
    make("span", {}, `NetScore ${decimals(network.score)}, rank ${network.rank} of ${networks.length}${changeWords(network)}`),
    make("span", { class: "faint" }, [network.own ? "yours" : network.family, network.year,
      fronts.three.has(network) ? "on the Pareto front" : ""].filter(Boolean).join(" · ")),
  ];
  const shown = rows.map((row) => row.textContent).join("\n");
  if (tooltip.dataset.shown !== shown) {
    tooltip.dataset.shown = shown;
    tooltip.replaceChildren(...rows);
  }
  const [width, height] = chart.size();
  const frame = chart.frame();
  const [wide, high] = [tooltip.offsetWidth, tooltip.offsetHeight];
  const x = Math.min(Math.max(spot.x, frame.left), frame.right);
  const y = Math.min(Math.max(spot.y, frame.top), frame.bottom);
  const gap = Math.min(spot.r, 24) + 8;
  /* The nearest place that covers neither the point nor its name. */
  const corners = [0, width - wide].flatMap((left) => [[left, 0], [left, height - high]]);
  const places = [[x - wide / 2, y - gap - high], [x - wide / 2, y + gap], [x + gap, y - high / 2], [x - gap - wide, y - high / 2],
    ...corners].map(([left, top]) => [Math.min(Math.max(left, 0), width - wide), Math.min(Math.max(top, 0), height - high)]);
  const keep = [[x - gap + 6, y - gap + 6, x + gap - 6, y + gap - 6], chart.nameBox(network)].filter(Boolean);
  const covered = ([left, top]) => keep.filter((box) =>
    left < box[2] && left + wide > box[0] && top < box[3] && top + high > box[1]).length;
  const [left, top] = places.reduce((one, other) => covered(other) < covered(one) ? other : one);
  tooltip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function hover(network) {
  if (network === hovered) return;
  silent = false;
  hovered = drawn.hovered = network;
  now("labels");
  chart.showHovered(drawn);
  showTooltip();
}

/* ---- The details of one network. ---- */

let detailed = "";

function showDetails() {
  const network = chosen();
  const body = find("details-body");
  if (!network) {
    if (detailed === "none") return;
    detailed = "none";
    find("details-title").textContent = "No network chosen";
    body.replaceChildren(make("p", { class: "note" },
      "Choose one in the chart or in the table to see its figures, and where each of them comes from."));
    return;
  }
  const facts = [network.family, network.year, network.input && `${network.input} × ${network.input} pixels`].filter(Boolean).join(", ");
  const text = `NetScore ${decimals(network.score)}, rank ${network.rank}${changeWords(network)}. `
    + `${decimals(network.density)} % per million params. `
    + `${fronts.three.has(network) ? "On the Pareto front" : "Not on the Pareto front"}.`
    + (facts && ` ${facts}${network.membership ? `; among the 60: ${network.membership}` : ""}.`);
  if (detailed === network.anchor + text) return;
  detailed = network.anchor + text;
  find("details-title").textContent = network.name;
  const head = make("tr", {},
    ...["Figure", "Value", "Grade", "Source"].slice(0, network.own ? 2 : 4).map((word, i) =>
      make("th", { scope: "col", class: i === 1 ? "" : "text" }, word)));
  const rows = MEASUREMENTS.map((name) => {
    const figure = network.own ? { value: network[name] } : network.figures[name];
    return make("tr", {},
      make("th", { scope: "row", class: "text" }, WORDS[name]),
      make("td", {}, name === "accuracy" ? `${figure.value} %` : grouped(figure.value)),
      ...(network.own ? [] : [
        make("td", { class: "text" }, figure.grade || ""),
        make("td", { class: "text source" }, ...source(figure.source))]));
  });
  const sheet = make("table", { class: "figures" }, make("thead", {}, head), make("tbody", {}, ...rows));
  const more = make("p", {}, network.note ? `${network.note} ` : "");
  if (network.entry) more.append(make("a", { href: `../reference-table.html#${network.anchor}` }, "Its entry in the reference table"));
  body.replaceChildren(make("p", {}, text), sheet, more);
}

function source(key) {
  if (!data.sources[key]) return [key || ""];
  const { citation, where, locators } = data.sources[key];
  const content = [citation];
  for (const [text, address] of locators) {
    content.push(" ", address ? make("a", { href: address }, text) : text);
  }
  if (where) content.push(`; ${where}`);
  return content;
}

function choose(network) {
  view.network = network ? network.anchor : null;
  hovered = null;
  silent = false;
  update();
}

/* ---- The table. ---- */

const collator = new Intl.Collator("en");
const SHOWN_ROWS = 180;
let rowsShown = SHOWN_ROWS;

function makeTableHead() {
  for (const { key, title, text } of COLUMNS) {
    const button = make("button", { type: "button" }, title);
    button.addEventListener("click", () => {
      const first = COLUMNS.find((column) => column.key === key).first === "descending";
      view.descending = view.sort === key ? !view.descending : first;
      view.sort = key;
      update();
    });
    document.querySelector("#table thead tr").append(
      make("th", { scope: "col", class: `${key}${text ? " text" : ""}`, "data-key": key }, button));
  }
}

/* One row for each network, made once; a change of exponents only writes into it. */
function makeRows() {
  for (const network of networks) {
    if (network.row) continue;
    network.cells = {};
    const cells = COLUMNS.map(({ key }) => {
      if (key === "name") {
        const button = make("button", { type: "button", value: network.anchor, title: network.name.length > 60 ? network.name : "" }, network.name);
        return make("th", { scope: "row", class: "text name" }, button);
      }
      const cell = make("td", { class: key });
      network.cells[key] = cell;
      if (key === "params" || key === "macs") cell.textContent = shortCount(network[key]);
      else if (key === "density") cell.textContent = decimals(network.density);
      else if (key === "accuracy") cell.textContent = String(network.accuracy);
      if (key !== "change") cell.dataset.value = network[key];
      return cell;
    });
    network.row = make("tr", {}, ...cells);
    network.said = {};
  }
}

function compareRows(a, b) {
  const [x, y] = [a[view.sort], b[view.sort]];
  const order = view.sort === "name" ? collator.compare(x, y) : x === y ? 0 : x < y ? -1 : 1;
  return (view.descending ? -order : order) || (a.score === b.score ? 0 : b.score - a.score) || collator.compare(a.name, b.name);
}

function showTable() {
  for (const cell of document.querySelectorAll("#table th[data-key]")) {
    if (cell.dataset.key === view.sort) cell.setAttribute("aria-sort", view.descending ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
  }
  const leaves = filter();
  const rows = networks.filter(leaves).sort(compareRows);
  const some = rows.slice(0, rowsShown);
  for (const network of some) writeRow(network);
  const body = document.querySelector("#table tbody");
  const before = body.children;
  if (some.length !== before.length || some.some(({ row }, i) => row !== before[i])) {
    const focused = body.contains(document.activeElement) && document.activeElement;
    body.replaceChildren(...some.map(({ row }) => row));
    if (focused && focused.isConnected) focused.focus({ preventScroll: true });
  }
  find("all-rows").hidden = rows.length <= some.length;
  say(find("all-rows"), `Show all ${rows.length} (${rows.length - some.length} more)`);
  const { without } = data.tables[view.table];
  say(find("without"), without.length ? `Without an accuracy, and so not ranked: ${without.join(", ")}.` : "");
  say(find("found"), view.search || view.families ? `${rows.length} of ${networks.length}` : "");
  showDetails();
}

function writeRow(network) {
  const { cells, said, row } = network;
  const write = (key, text, value) => {
    if (said[key] === text && said[`${key} value`] === value) return;
    [said[key], said[`${key} value`]] = [text, value];
    if (key === "change") cells.change.replaceChildren(...changeMark(network.change));
    else cells[key].textContent = text;
    cells[key].dataset.value = value;
  };
  write("rank", String(network.rank), network.rank);
  write("change", String(network.change), network.change);
  write("score", decimals(network.score), network.score);
  const kind = `${network.own ? "own-row" : ""}${network.anchor === view.network ? " chosen" : ""}`.trim();
  if (row.className !== kind) row.className = kind;
}

function changeMark(change) {
  if (!change) return [make("span", { "aria-hidden": "true" }, "·"), make("span", { class: "hidden" }, "no")];
  const up = change > 0;
  return [
    make("span", { class: up ? "up" : "down", "aria-hidden": "true" }, `${up ? "▲" : "▼"} ${Math.abs(change)}`),
    make("span", { class: "hidden" }, `${up ? "up" : "down"} ${Math.abs(change)}`),
  ];
}

/* ---- What can be taken away. ---- */

const FILE = "netscore-explorer";

function offer(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  say(find("taken"), `${name} is in your downloads.`);
}

/* A colour as every program that shows SVG knows it. */
const pixel = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
const colours = new Map();

function plainColour(colour) {
  if (colour === "none" || /^(rgb\(|#)/.test(colour)) return colour;
  if (!colours.has(colour)) {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
    colours.set(colour, `rgb(${[...pixel.getImageData(0, 0, 1, 1).data.slice(0, 3)].join(", ")})`);
  }
  return colours.get(colour);
}

const DRAWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin",
  "paint-order", "font-size", "font-weight", "opacity"];

/* The chart as a picture that needs no style sheet, with its key and its signature beneath. */
function picture() {
  const [width, height] = chart.size();
  const copy = chart.svg.cloneNode(true);
  const [from, to] = [chart.svg, copy].map((root) => [...root.querySelectorAll("*")]);
  const family = getComputedStyle(document.body).fontFamily;
  from.forEach((element, i) => {
    for (const name of [...to[i].attributes].map((attribute) => attribute.name)) {
      if (/^(aria-|role|tabindex|class|style)/.test(name) || (name === "id" && element.tagName !== "clipPath")) to[i].removeAttribute(name);
    }
    if (["g", "clipPath"].includes(element.tagName) || element.parentNode.tagName === "clipPath") return;
    const style = getComputedStyle(element);
    for (const name of DRAWN) {
      const value = style.getPropertyValue(name);
      const text = element.tagName === "text";
      if (!value || value === "normal" || (!text && name.startsWith("font")) || (name.startsWith("stroke-") && style.stroke === "none")) continue;
      to[i].setAttribute(name, name === "fill" || name === "stroke" ? plainColour(value) : value);
    }
  });
  copy.querySelectorAll("[display='none']").forEach((element) => element.remove());
  const foot = [
    `Colour: low to high NetScore. ${view.front === "none" ? "" : `Ring: Pareto front${find("front-caption").textContent}. `}`
      + (find("line-key").hidden ? "" : `Dots: ${find("line-caption").textContent}.`),
    signature(exponents()),
  ];
  const faint = plainColour(getComputedStyle(find("front-caption").parentNode).color);
  for (const [name, value] of Object.entries({
    xmlns: "http://www.w3.org/2000/svg", width, height: height + 40, viewBox: `0 0 ${width} ${height + 40}`, "font-family": family,
  })) copy.setAttribute(name, value);
  for (const name of ["id", "role", "aria-label", "aria-describedby", "class"]) copy.removeAttribute(name);
  copy.prepend(draw("title", {}, `${find("chart-title").textContent}, ${data.tables[view.table].label}`),
    draw("rect", { width: "100%", height: "100%", fill: plainColour(getComputedStyle(document.body).backgroundColor) }));
  foot.forEach((text, i) => copy.append(draw("text", { x: 4, y: height + 14 + 16 * i, "font-size": 11, fill: faint }, text)));
  return { text: new XMLSerializer().serializeToString(copy), width, height: height + 40 };
}

async function takePng() {
  const { text, width, height } = picture();
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => offer(blob, `${FILE}.png`), "image/png");
}

/* A cell that a spreadsheet would take for a formula is marked as text: names come from outside. */
function csvCell(value) {
  const text = typeof value === "string" && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function rankedTable() {
  const sign = signature(exponents());
  const lines = [["rank", "network", "accuracy", "params", "macs", "netscore", "information_density", "yours", "signature"]];
  for (const network of [...networks].sort((a, b) => a.rank - b.rank || collator.compare(a.name, b.name))) {
    lines.push([network.rank, network.name, plain(network.accuracy), plain(network.params), plain(network.macs),
      network.score === -Infinity ? "-inf" : plain(network.score), plain(network.density), network.own ? "yes" : "", sign]);
  }
  return lines.map((cells) => `${cells.map(csvCell).join(",")}\n`).join("");
}

function bibtex() {
  const network = chosen();
  const keys = new Set([...data.cited, ...(network && !network.own ? MEASUREMENTS.map((name) => network.figures[name].source) : [])]);
  return `${[...keys].filter((key) => data.sources[key]).map((key) => data.sources[key].bibtex).join("\n\n")}\n`;
}

async function copyText(text, what) {
  const field = find("taken-text");
  field.hidden = true;
  try {
    await navigator.clipboard.writeText(text);
    say(find("taken"), `${what} is in your clipboard.`);
  } catch {
    /* A browser may forbid it: then the text is there to be copied by hand. */
    field.hidden = false;
    field.value = text;
    field.select();
    say(find("taken"), `${what}: copy it from here.`);
  }
}

function listenToTakeAway() {
  find("take-svg").addEventListener("click", () => offer(new Blob([picture().text], { type: "image/svg+xml" }), `${FILE}.svg`));
  find("take-png").addEventListener("click", takePng);
  find("take-csv").addEventListener("click", () => offer(new Blob([rankedTable()], { type: "text/csv" }), `${FILE}.csv`));
  find("take-link").addEventListener("click", () => {
    now("address");
    const whole = view.rows.length <= LONGEST_IN_ADDRESS;
    copyText(location.href, whole ? "The link to this view" : "The link, without your rows, which are too long for it,");
  });
  find("take-bibtex").addEventListener("click", () => copyText(bibtex(), "BibTeX of NetScore and of the chosen network"));
  find("take-signature").addEventListener("click", () => copyText(signature(exponents()), "The signature"));
}

/* ---- What the visitor does. ---- */

function listenToPoint(network) {
  const { point } = network;
  point.addEventListener("focus", () => hover(networks.find(({ anchor }) => anchor === network.anchor)));
  point.addEventListener("blur", () => hover(null));
}

function moveFocus(event) {
  if (["+", "=", "-", "0"].includes(event.key)) {
    event.preventDefault();
    zoomTo(event.key === "0" ? "" : chart.zoomed(event.key === "-" ? 1 / 1.5 : 1.5));
    return;
  }
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const ordered = chart.order();
  const at = ordered.findIndex((network) => network.point === event.target);
  let target = null;
  if (at < 0) return;
  if (event.key in steps) target = ordered[(at + steps[event.key] + ordered.length) % ordered.length];
  else if (event.key === "Home") [target] = ordered;
  else if (event.key === "End") target = ordered.at(-1);
  else if (event.key === "Enter" || event.key === " ") {
    view.network = view.network === ordered[at].anchor ? null : ordered[at].anchor;
    update();
  } else return;
  event.preventDefault();
  target?.point.focus({ preventScroll: true });
}

function zoomTo(window) {
  if (window && !zoomable(window.split(",").map(Number))) return;
  view.zoom = window;
  drawChart();
  later("address", writeAddress, 200);
}

/* Pinching and moving with fingers, moving with the mouse where it is zoomed, the wheel with Ctrl. */
function listenToChart() {
  const held = new Map();
  let pressed = null;
  let moved = false;
  const { svg } = chart;
  svg.addEventListener("pointerdown", (event) => {
    held.set(event.pointerId, event);
    pressed = event;
    moved = false;
  });
  svg.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") hover(chart.nearest(event.clientX, event.clientY));
      return;
    }
    const frame = chart.frame();
    const [wide, high] = [frame.right - frame.left, frame.bottom - frame.top];
    if (held.size === 2) {
      const other = [...held.values()].find(({ pointerId }) => pointerId !== event.pointerId);
      const apart = ({ clientX, clientY }) => Math.max(Math.hypot(clientX - other.clientX, clientY - other.clientY), 20);
      zoomTo(chart.zoomed(apart(event) / apart(before),
        chart.shareOf((event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2)));
      moved = true;
    } else if (view.zoom && (moved || Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) > 5)) {
      moved = true;
      zoomTo(chart.zoomed(1, [0.5, 0.5], [(event.clientX - before.clientX) / wide, (before.clientY - event.clientY) / high]));
    }
    held.set(event.pointerId, event);
  });
  const release = (event) => held.delete(event.pointerId);
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, release);
  svg.addEventListener("pointerleave", () => hover(null));
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomTo(chart.zoomed(event.deltaY < 0 ? 1.2 : 1 / 1.2, chart.shareOf(event.clientX, event.clientY)));
  }, { passive: false });
  svg.addEventListener("click", (event) => {
    if (moved) return;
    const network = chart.nearest(event.clientX, event.clientY);
    choose(network && network.anchor === view.network ? null : network);
  });
  svg.addEventListener("keydown", moveFocus);
  find("zoom-in").addEventListener("click", () => zoomTo(chart.zoomed(1.5)));
  find("zoom-out").addEventListener("click", () => zoomTo(chart.zoomed(1 / 1.5)));
  find("zoom-whole").addEventListener("click", () => {
    zoomTo("");
    find("zoom-in").focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (hovered && document.activeElement !== hovered.point) hover(null);
    else if (view.network) choose(null);
    else {
      silent = true;
      showTooltip();
    }
  });
}

function listenToExponents() {
  for (const name of EXPONENTS) {
    const number = find(`${name}-number`);
    find(name).addEventListener("input", (event) => {
      view[name] = Number(event.target.value);
      number.setAttribute("aria-invalid", "false");
      update();
    });
    number.addEventListener("input", () => later(`${name}-number`, () => {
      number.value = number.value.slice(0, LONGEST_FIELD);
      const found = checkExponent(name, number.value);
      number.setAttribute("aria-invalid", String(Boolean(found.refusal)));
      say(find("exponent-message"), found.refusal || "");
      if (found.value !== undefined) {
        view[name] = found.value;
        update();
      }
    }, PAUSE));
    number.addEventListener("change", () => now(`${name}-number`));
  }
  find("reset").addEventListener("click", () => {
    Object.assign(view, data.defaults);
    for (const name of EXPONENTS) find(`${name}-number`).setAttribute("aria-invalid", "false");
    update();
  });
}

/* A pasted row of a spreadsheet fills the fields, several rows go where rows are pasted. */
function pasteRow(event) {
  const text = event.clipboardData.getData("text").trim();
  if (!/[\t\n]/.test(text)) return;
  event.preventDefault();
  const rows = text.length > MOST_TEXT ? [] : text.split(/\r?\n/);
  const cells = rows.length === 1 ? rows[0].split("\t").map((cell) => cell.trim()) : [];
  if (cells.length && headless(cells)) {
    view.name = cells.length === 4 ? cells[0].slice(0, LONGEST_FIELD) : view.name;
    MEASUREMENTS.forEach((kind, i) => { view[kind] = cells.at(i - 3).slice(0, LONGEST_FIELD); });
    view.sure = "";
    update({ gathered: false });
  } else takeRows(text);
}

function takeRows(text) {
  Object.assign(view, { rows: text.length > MOST_TEXT ? "" : text, said: "" });
  update({ gathered: false });
  if (text.length > MOST_TEXT) {
    delete find("rows-message").dataset.shown;
    find("rows-message").replaceChildren(make("p", { class: "message refusal" }, readTable(text).error));
  }
}

async function takeFile(file) {
  if (file.size > MOST_TEXT) takeRows(" ".repeat(MOST_TEXT + 1));
  else {
    try {
      takeRows(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()));
    } catch {
      takeRows("");
      delete find("rows-message").dataset.shown;
      find("rows-message").replaceChildren(make("p", { class: "message refusal" }, "The file is not UTF-8 text."));
    }
  }
}

function listenToForm() {
  for (const name of ["name", ...MEASUREMENTS]) {
    find(name).addEventListener("input", (event) => later(name, () => {
      view[name] = event.target.value.slice(0, LONGEST_FIELD);
      if (name !== "name") view.sure = view.sure.split(",").filter((one) => one !== name && one !== "pair").join(",");
      update({ gathered: false });
    }, PAUSE));
    find(name).addEventListener("change", () => now(name));
    find(name).addEventListener("paste", pasteRow);
  }
  find("own").addEventListener("submit", (event) => {
    event.preventDefault();
    for (const name of ["name", ...MEASUREMENTS]) now(name);
  });
  find("rows").addEventListener("input", () => later("rows", () => takeRows(find("rows").value), PAUSE));
  find("rows").addEventListener("change", () => now("rows"));
  find("file").addEventListener("change", async (event) => {
    if (event.target.files.length) await takeFile(event.target.files[0]);
    event.target.value = "";
  });
  const panel = find("yours");
  for (const name of ["dragenter", "dragover"]) {
    panel.addEventListener(name, (event) => {
      event.preventDefault();
      panel.classList.add("over");
    });
  }
  panel.addEventListener("dragleave", () => panel.classList.remove("over"));
  panel.addEventListener("drop", (event) => {
    event.preventDefault();
    panel.classList.remove("over");
    const [file] = event.dataTransfer.files;
    if (file) takeFile(file);
    else takeRows(event.dataTransfer.getData("text"));
  });
  find("clear").addEventListener("click", () => {
    for (const name of ["name", "sure", "rows", "said", ...MEASUREMENTS]) view[name] = "";
    for (const name of ["name", "rows", ...MEASUREMENTS]) {
      clearTimeout(waiting.get(name)?.timer);
      waiting.delete(name);
    }
    update({ gathered: false });
    find("accuracy").focus();
  });
}

function makeFamilies() {
  const counts = new Map();
  for (const { family } of TABLES[view.table]) counts.set(family, (counts.get(family) || 0) + 1);
  const families = [...counts].filter(([family]) => family).sort((a, b) => b[1] - a[1] || collator.compare(a[0], b[0]));
  find("families").replaceChildren(...families.map(([family, count]) => {
    const chip = make("button", { type: "button", class: "chip", value: family }, `${family} ${count}`);
    chip.addEventListener("click", () => {
      const pressed = new Set(view.families ? view.families.split("|") : []);
      if (!pressed.delete(family)) pressed.add(family);
      view.families = [...pressed].join("|");
      showFamilies();
      update();
    });
    return chip;
  }));
}

function showFamilies() {
  const pressed = view.families ? view.families.split("|") : [];
  for (const chip of find("families").children) chip.setAttribute("aria-pressed", String(pressed.includes(chip.value)));
  if (pressed.length) find("families-box").open = true;
}

function listenToView() {
  for (const [name, key] of [["axis", "x"], ["up", "y"], ["front", "front"]]) {
    for (const radio of document.querySelectorAll(`input[name="${name}"]`)) {
      radio.addEventListener("change", () => {
        view[key] = radio.value;
        if (key !== "front") view.zoom = "";
        update();
      });
    }
  }
  for (const radio of document.querySelectorAll("input[name='table']")) {
    radio.addEventListener("change", () => {
      Object.assign(view, { table: radio.value, network: null, zoom: "", families: "" });
      if (view.x === "year" && !hasYears()) view.x = "macs";
      showTableChoice();
      update({ gathered: false });
    });
  }
  find("search").addEventListener("input", (event) => {
    view.search = event.target.value.slice(0, LONGEST_FIELD);
    update();
  });
  find("search").addEventListener("keydown", (event) => {
    const [first] = networks.filter(filter()).sort(compareRows);
    if (event.key === "Enter" && view.search && first) choose(first);
  });
  find("lines").addEventListener("change", (event) => {
    view.lines = event.target.checked;
    update();
  });
  document.querySelector("#table tbody").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(networks.find((network) => network.anchor === button.value));
  });
  find("all-rows").addEventListener("click", () => {
    rowsShown = Infinity;
    update();
  });
  window.addEventListener("beforeprint", () => {
    rowsShown = Infinity;
    update();
  });
  find("to-details").addEventListener("click", () => {
    find("details").scrollIntoView({ block: "start" });
    find("details").focus({ preventScroll: true });
  });
  window.addEventListener("hashchange", () => {
    readAddress();
    showTableChoice();
    update({ gathered: false });
  });
}

const hasYears = () => TABLES[view.table].some(({ year }) => year);

function showTableChoice() {
  say(find("table-name"), data.tables[view.table].label);
  document.title = `Explorer of ${data.tables[view.table].label} · netscore`;
  document.querySelector("input[name='axis'][value='year']").disabled = !hasYears();
  if (view.x === "year" && !hasYears()) view.x = "macs";
  find("search").value = view.search;
  find("lines").checked = view.lines;
  makeFamilies();
  showFamilies();
}

function makeTableChoice() {
  find("tables").append(...Object.entries(data.tables).map(([key, { short }]) => make("label", {},
    make("input", { type: "radio", name: "table", value: key }), make("span", {}, short))));
}

/* What is pinned at the top must not cover what gets the focus, nor the head of the table. */
function watchSizes() {
  const pinned = [document.querySelector(".stage"), find("chart-panel"), find("answer")];
  const measure = () => {
    const heights = pinned.map((element) => element.getBoundingClientRect().height);
    const sticky = pinned.map((element) => getComputedStyle(element).position === "sticky");
    const top = sticky[0] && heights[0] ? heights[0] : sticky[1] ? heights[1] + heights[2] : 0;
    const style = document.documentElement.style;
    style.setProperty("--chart-height", `${heights[1]}px`);
    style.setProperty("--pinned", `${top}px`);
    const [width, height] = chart.size();
    chart.measure();
    const [newWidth, newHeight] = chart.size();
    if (width !== newWidth || height !== newHeight) drawChart();
  };
  const observer = new ResizeObserver(measure);
  for (const element of [...pinned, chart.svg]) observer.observe(element);
  measure();
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
makeTableChoice();
readAddress();
showTableChoice();
listenForTheme();
listenToChart();
listenToExponents();
listenToForm();
listenToTakeAway();
chart.measure();
update({ gathered: false });
listenToView();
watchSizes();

window.explorer = {
  addressIsWritten: () => !waiting.has("address"), settled: () => waiting.size === 0,
  netscore, informationDensity, checkExponent, pythonRepr, pythonGeneral, shortCount, signature,
  readTable, readForm: (typed) => readForm({ ...START, ...typed }), paretoFront, rankAll, picture, rankedTable, bibtex,
};
