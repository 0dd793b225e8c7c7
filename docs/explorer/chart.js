/* The chart: where points stand, what is drawn around them, and where their names fit. */

function draw(tag, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}

/* Only what is new is written; to ask the element what it has would take longer. */
function set(element, name, value) {
  element.written ??= {};
  if (element.written[name] === value) return;
  element.written[name] = value;
  element.setAttribute(name, value);
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

/* The places of axes: a logarithm for counts. */
const SCALES = { macs: Math.log10, params: Math.log10, year: Number, accuracy: Number, score: Number };
const AXIS_TITLES = {
  macs: "Multiply-accumulates of one inference", params: "Parameters", year: "Year of publication",
  accuracy: "Top-1 accuracy, %", score: "NetScore, dB",
};

const chart = (() => {
  const svg = document.getElementById("chart");
  const layers = {};
  const metrics = document.createElement("canvas").getContext("2d");
  const widths = new Map();
  let size = [800, 420];
  let frame = null;
  let place = null;
  let spots = [];
  let spotOf = new Map();
  const boxOf = new Map();
  let domain = null;
  let levels = [];

  function textWidth(text, font) {
    const key = font + text;
    if (!widths.has(key)) {
      if (widths.size > 5000) widths.clear();
      metrics.font = font;
      widths.set(key, metrics.measureText(text).width);
    }
    return widths.get(key);
  }

  function make() {
    const clip = draw("clipPath", { id: "plot-area" });
    clip.append(draw("rect"));
    svg.append(clip);
    for (const name of ["grid", "lines", "line-labels", "families", "stairs", "points", "marks", "labels"]) {
      layers[name] = draw("g", name === "points" ? {
        role: "listbox", "aria-label": "Networks; arrow keys move between them, Enter keeps one",
      } : { "aria-hidden": "true" });
      svg.append(layers[name]);
    }
    for (const name of ["lines", "families", "stairs", "points"]) {
      layers[name].setAttribute("clip-path", "url(#plot-area)");
    }
  }

  /* One point for each network; large ones are drawn first, so that they hide no small one. */
  function setNetworks(networks, listen) {
    for (const network of networks) {
      if (network.point) continue;
      network.point = draw(network.own ? "path" : "circle", {
        role: "option", tabindex: "-1", id: `point-${network.anchor}`,
      });
      listen(network);
    }
    const wanted = new Set(networks.map(({ point }) => point));
    for (const point of [...layers.points.children]) if (!wanted.has(point)) point.remove();
  }

  const measure = () => { size = [svg.clientWidth || 800, svg.clientHeight || 420]; };

  /* The whole of the table, and of the visitor's networks what is not far from it: a wrong figure
     must not press all others together. */
  function whole(networks, key) {
    const scale = SCALES[key];
    const values = (which) => networks.filter(which).map((network) => scale(network[key])).filter(Number.isFinite);
    const table = values(({ own }) => !own);
    let [low, high] = [Math.min(...table), Math.max(...table)];
    const reach = scale === Math.log10 ? 1 : key === "year" ? 5 : (high - low) * 0.5;
    for (const value of values(({ own }) => own)) {
      if (value >= low - reach && value <= high + reach) [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
    const margins = { accuracy: [2.5, 2.5], year: [0.6, 0.6], score: [3, 3] }[key] || [0.12, 0.2];
    [low, high] = [low - margins[0], high + margins[1]];
    return key === "accuracy" ? [Math.max(0, low), Math.min(100, high)] : [low, high];
  }

  /* Draw everything from what the view shows. */
  function show(state) {
    const { networks, view } = state;
    const [width, height] = size;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    frame = { left: 42, right: width - 10, top: 24, bottom: height - 36 };
    domain = view.zoom ? view.zoom.split(",").map(Number) : [...whole(networks, view.x), ...whole(networks, view.y)];
    const [lowX, highX, lowY, highY] = domain;
    const across = (value) => frame.left + (value - lowX) / (highX - lowX) * (frame.right - frame.left);
    const up = (value) => frame.bottom - (value - lowY) / (highY - lowY) * (frame.bottom - frame.top);
    const [scaleX, scaleY] = [SCALES[view.x], SCALES[view.y]];
    place = { x: (value) => across(scaleX(value)), y: (value) => up(scaleY(value)), across, up };
    const area = svg.querySelector("#plot-area rect");
    const values = { x: frame.left - 1, y: frame.top - 8, width: frame.right - frame.left + 10, height: frame.bottom - frame.top + 9 };
    for (const [name, value] of Object.entries(values)) set(area, name, value);
    const small = width < 560;
    const third = view.x === "macs" ? "params" : "macs";
    let largest = 0;
    for (const network of networks) if (!network.own) largest = Math.max(largest, network[third]);
    const most = (small ? 15 : 22) * (networks.length > 300 ? 0.6 : 1);
    const radius = (value) => most * Math.sqrt(Math.min(value / largest, 4));
    drawAxes(view, small);
    drawEqual(state, third);
    drawPoints(state, third, radius);
    drawStairs(state);
    drawFamilies(state);
    drawNames(state, small);
    showHovered(state);
    return { third, radius };
  }

  let axes = "";

  function drawAxes(view, small) {
    const wanted = [view.x, view.y, ...domain, ...size].join();
    if (axes === wanted) return;
    axes = wanted;
    const marks = [];
    const [lowX, highX, lowY, highY] = domain;
    const upright = (x, text) => {
      marks.push(draw("line", { class: "grid", x1: x, x2: x, y1: frame.top, y2: frame.bottom }));
      if (text) marks.push(draw("text", { class: "tick", x, y: frame.bottom + 15, "text-anchor": "middle" }, text));
    };
    if (SCALES[view.x] === Math.log10) {
      const each = (frame.right - frame.left) / (highX - lowX);
      const close = highX - lowX < 0.5;
      for (let power = Math.floor(lowX); power <= Math.ceil(highX); power += 1) {
        for (const digit of close ? [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9] : [1, 2, 5]) {
          const at = power + Math.log10(digit);
          if (at < lowX || at > highX || (each < 40 && digit > 1)) continue;
          upright(place.across(at), digit === 1 || each > (close ? 60 : 130) ? shortCount(digit * 10 ** power) : "");
        }
      }
    } else {
      const step = Math.max(1, niceStep(highX - lowX, small ? 5 : 9));
      for (const value of multiples(step, lowX, highX)) upright(place.across(value), String(value));
    }
    for (const value of multiples(niceStep(highY - lowY, frame.bottom - frame.top < 260 ? 5 : 8), lowY, highY)) {
      const y = place.up(value);
      marks.push(draw("line", { class: "grid", x1: frame.left, x2: frame.right, y1: y, y2: y }),
        draw("text", { class: "tick", x: frame.left - 6, y: y + 4, "text-anchor": "end" }, pythonGeneral(value, 6).replace("-", "−")));
    }
    marks.push(
      draw("line", { class: "axis", x1: frame.left, x2: frame.right, y1: frame.bottom, y2: frame.bottom }),
      draw("line", { class: "axis", x1: frame.left, x2: frame.left, y1: frame.top, y2: frame.bottom }),
      draw("text", { class: "axis-title", x: (frame.left + frame.right) / 2, y: frame.bottom + 31, "text-anchor": "middle" }, AXIS_TITLES[view.x]),
      draw("text", { class: "axis-title", x: 2, y: 12 }, AXIS_TITLES[view.y]));
    layers.grid.replaceChildren(...marks);
  }

  /* Lines of equal score need the third measure: that of the network in question, or the median. */
  function drawEqual({ view, exponents, held }, third) {
    const [lowX, highX, lowY, highY] = domain;
    const lines = [];
    const labels = [];
    levels = [];
    const fits = view.y === "accuracy" && (view.x === "macs" || view.x === "params");
    const score = (accuracy, logX) => third === "params"
      ? netscore(accuracy, held.value, 10 ** logX, exponents) : netscore(accuracy, 10 ** logX, held.value, exponents);
    const weight = view.x === "macs" ? exponents.gamma : exponents.beta;
    const corners = fits ? [score(Math.max(lowY, 1), highX), score(highY, lowX)] : [0, 0];
    if (corners[1] - corners[0] > 1e-9) {
      for (const level of multiples(niceStep(corners[1] - corners[0], 9), ...corners)) {
        let ends;
        if (exponents.alpha > 0) {
          const accuracyAt = (logX) => 10 ** ((level - score(1, logX)) / (20 * exponents.alpha));
          const path = Array.from({ length: 41 }, (_, i) => lowX + (highX - lowX) * i / 40)
            .map((logX) => [place.across(logX), place.up(Math.min(accuracyAt(logX), 1e4))]);
          lines.push(draw("path", { class: "equal", d: `M${path.map((p) => p.map((v) => v.toFixed(1)).join(",")).join("L")}` }));
          ends = path.filter(([, y]) => y >= frame.top && y <= frame.bottom);
        } else {
          const x = place.across(lowX + (score(1, lowX) - level) / (20 * weight));
          lines.push(draw("path", { class: "equal", d: `M${x},${frame.top}V${frame.bottom}` }));
          ends = [[x, frame.top]];
        }
        if (!ends.length) continue;
        const [x, y] = ends.at(-1);
        const right = x > frame.right - 30;
        const text = pythonGeneral(level, 6).replace("-", "−");
        const at = [right ? frame.right - 2 : x, right ? y - 3 : Math.max(y, frame.top) - 4];
        labels.push(draw("text", { class: "equal-label", x: at[0], y: at[1], "text-anchor": right ? "end" : "middle" }, text));
        const half = text.length * 6.2 / 2;
        const middle = right ? at[0] - half : at[0];
        levels.push([middle - half, at[1] - 10, middle + half, at[1] + 2]);
      }
    }
    layers.lines.replaceChildren(...lines);
    layers["line-labels"].replaceChildren(...labels);
  }

  function drawPoints({ networks, view, current, dimmed, front, tabStop }, third, radius) {
    let [low, high] = [Infinity, -Infinity];
    for (const { score, own } of networks) {
      if (!own && score > -Infinity) [low, high] = [Math.min(low, score), Math.max(high, score)];
    }
    spots = [];
    for (const network of networks) {
      const x = place.x(network[view.x] ?? NaN);
      const y = place.y(network[view.y]);
      const { point } = network;
      const placed = Number.isFinite(x) && Number.isFinite(y);
      set(point, "display", placed ? "inline" : "none");
      if (!placed) continue;
      const r = Math.max(radius(network[third]), network.own ? 5 : 2.5);
      const out = x < frame.left - 1 || x > frame.right + 1 || y < frame.top - 1 || y > frame.bottom + 1;
      const dim = dimmed(network);
      spots.push({ network, x, y, r, out, dim });
      if (network.own) {
        const half = r * 1.25;
        set(point, "d", `M${x},${y - half}l${half},${half}l${-half},${half}l${-half},${-half}Z`);
      } else {
        set(point, "cx", x);
        set(point, "cy", y);
        set(point, "r", r);
      }
      const share = high > low ? Math.min(Math.max((network.score - low) / (high - low), 0), 1) : 0.5;
      const shade = `${Math.round(40 * share) * 2.5}%`;
      if (network.shade !== shade) point.style.setProperty("--share", network.shade = shade);
      set(point, "class", `point${network.own ? " own" : ""}${front.has(network) ? " front" : ""}`
        + `${network === current ? " chosen" : ""}${dim ? " dim" : ""}`);
      set(point, "aria-selected", network.anchor === view.network);
      set(point, "tabindex", network === tabStop ? 0 : -1);
    }
    spotOf = new Map(spots.map((spot) => [spot.network, spot]));
    /* Moving a focused element would lose its focus. */
    const order = [...spots].sort((a, b) => a.network.own - b.network.own || b.r - a.r).map(({ network }) => network.point);
    const now = layers.points.children;
    if ((order.some((point, i) => point !== now[i]) && !layers.points.contains(document.activeElement)) || now.length < networks.length) {
      layers.points.append(...order, ...networks.filter(({ point }) => !point.parentNode).map(({ point }) => point));
    }
  }

  /* The front of the two measures shown, as stairs. */
  function drawStairs({ view, networks }) {
    layers.stairs.replaceChildren();
    if (view.front !== "two" || view.x === "year") return;
    let path = "";
    for (const network of paretoFront(networks, [view.x, view.y])) {
      const y = place.y(Math.max(network[view.y], -1e6));
      path += path ? `H${place.x(network[view.x])}V${y}` : `M${place.x(network[view.x])},${frame.bottom}V${y}`;
    }
    layers.stairs.append(draw("path", { class: "stairs", d: `${path}H${frame.right + 9}` }));
  }

  function drawFamilies({ view, networks, dimmed }) {
    layers.families.replaceChildren();
    if (!view.lines) return;
    const families = new Map();
    for (const network of networks) {
      if (!families.has(network.family)) families.set(network.family, []);
      families.get(network.family).push(network);
    }
    for (const [family, members] of families) {
      const shown = members.filter((network) => spotOf.has(network));
      if (!family || shown.length < 2) continue;
      const path = shown.map((network) => spotOf.get(network)).sort((a, b) => a.x - b.x || a.y - b.y)
        .map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L");
      layers.families.append(draw("path", { class: `family${shown.every(dimmed) ? " dim" : ""}`, d: `M${path}` }));
    }
  }

  function label({ network }, longest) {
    const { name, rank, change } = network;
    const moved = change ? ` ${change > 0 ? "▲" : "▼"}${Math.abs(change)}` : "";
    const half = Math.floor(longest / 2);
    return `${rank}${moved} ${name.length > longest ? `${name.slice(0, half)}…${name.slice(1 - half)}` : name}`;
  }

  /* Names: the network in question and the visitor's always, the first five wherever there is
     room for a line to them, then from rank 1 down where there is room beside them. */
  function drawNames({ current, view }, small) {
    const font = (strong) => `${strong ? "600 " : ""}${small ? 11 : 12}px ${getFont()}`;
    const high = small ? 11 : 12;
    const own = spots.filter(({ network }) => network.own);
    const urgency = ({ network }) => network === current ? 0 : network.own && own.length <= 10 ? 1 : network.rank <= 5 ? 2 : 3;
    const shown = spots.filter(({ out, dim, network }) => (!out && !dim) || network === current || (network.own && own.length <= 10));
    const taken = spots.filter(({ out, dim }) => !out && !dim)
      .map(({ x, y, r }) => [x - r * 0.75, y - r * 0.75, x + r * 0.75, y + r * 0.75]).concat(levels);
    const points = taken.length;
    boxOf.clear();
    const marks = [];
    const texts = [];
    const count = small ? 40 : 90;
    const ordered = shown.sort((a, b) => urgency(a) - urgency(b) || a.network.rank - b.network.rank).slice(0, count);
    for (const spot of ordered) {
      const { network, r, out } = spot;
      const strong = urgency(spot) < 2;
      const text = label(spot, small ? 28 : 40);
      const wide = textWidth(text, font(strong)) + 3;
      const x = Math.min(Math.max(spot.x, frame.left + 7), frame.right - 7);
      const y = Math.min(Math.max(spot.y, frame.top + 7), frame.bottom - 7);
      if (out) marks.push(arrow(x, y, spot, network.own));
      const reach = out ? 9 : r + 5;
      const choices = [];
      for (const far of urgency(spot) < 3 ? [reach, reach + 14, reach + 32, reach + 54, reach + 80] : [reach]) {
        choices.push([x + far, y + 4, far], [x - far - wide, y + 4, far], [x - wide / 2, y - far - 1, far], [x - wide / 2, y + far + 9, far]);
        if (far > reach) {
          const d = far * 0.75;
          choices.push([x + d, y - d, far], [x + d, y + d + 4, far], [x - d - wide, y - d, far], [x - d - wide, y + d + 4, far]);
        }
      }
      /* Where nothing is free, a name that must be drawn is clamped into the frame. */
      let best = null;
      let least = Infinity;
      for (const [left0, base0, far] of choices) {
        const inside = left0 > frame.left && left0 + wide < frame.right + 8 && base0 - high > frame.top - 8 && base0 + 3 < frame.bottom;
        if (!inside && urgency(spot) > 1) continue;
        const left = Math.min(Math.max(left0, frame.left + 2), frame.right + 8 - wide);
        const base = Math.min(Math.max(base0, frame.top + high - 8), frame.bottom - 3);
        const box = [left, base - high, left + wide, base + 3];
        let cost = inside ? 0 : 5;
        taken.forEach((other, i) => {
          if (box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]) return;
          cost += i < points ? 20 : 1000;
        });
        if (cost < least) [best, least] = [{ left, base, box, far, inside }, cost];
        if (cost === 0) break;
      }
      /* One of the first five may lie over points, but not over another name. */
      if (!best || (!strong && least >= (urgency(spot) === 2 ? 100 : 20))) continue;
      taken.push(best.box);
      boxOf.set(network, best.box);
      if (best.far > reach && best.inside) {
        const to = [Math.min(Math.max(x, best.box[0]), best.box[2]), Math.min(Math.max(y, best.box[1] + 2), best.box[3] - 2)];
        marks.push(draw("line", { class: "leader", x1: x, y1: y, x2: to[0], y2: to[1] }));
      }
      texts.push(draw("text", {
        class: `name${strong ? " strong" : ""}${network.own ? " own-label" : ""}`, x: best.left, y: best.base, style: `font-size:${high}px`,
      }, text));
    }
    layers.labels.replaceChildren(...marks, ...texts);
  }

  let family = null;
  const getFont = () => family ??= getComputedStyle(document.body).fontFamily;

  /* An arrow at the edge points to what is out of view. */
  function arrow(x, y, spot, own) {
    const turn = Math.atan2(Math.sign(Math.round(spot.y - y)), Math.sign(Math.round(spot.x - x))) * 180 / Math.PI;
    return draw("path", {
      class: `arrow${own ? " own" : ""}`, d: "M7,0L-5,-6L-5,6Z", transform: `translate(${x},${y}) rotate(${turn})`,
    });
  }

  /* What is pointed at gets a ring; nothing else is drawn again for it. */
  function showHovered({ hovered, view }) {
    const marks = [];
    const spot = hovered && spotOf.get(hovered);
    if (spot && !spot.out) {
      const focused = document.activeElement === hovered.point;
      marks.push(draw("circle", { class: focused ? "focus-ring" : "hover-ring", cx: spot.x, cy: spot.y, r: spot.r + 5 }));
    }
    layers.marks.replaceChildren(...marks);
  }

  /* The network nearest to a place of the page, if one is within reach. */
  function nearest(clientX, clientY, reach = 26) {
    const box = svg.getBoundingClientRect();
    const [x, y] = [clientX - box.left, clientY - box.top];
    let best = null;
    let least = reach;
    for (const { network, x: left, y: top, out, dim } of spots) {
      const distance = Math.hypot(left - x, top - y) + (dim ? 8 : 0);
      if (!out && distance < least) [best, least] = [network, distance];
    }
    return best;
  }

  /* The window after a zoom about a place, or a move, both in shares of the frame. */
  function zoomed(factor, [cx, cy] = [0.5, 0.5], [dx, dy] = [0, 0]) {
    const [lowX, highX, lowY, highY] = domain;
    const along = (low, high, centre, shift) => {
      const middle = low + (high - low) * centre;
      const by = (high - low) * shift;
      return [middle - (middle - low) / factor - by, middle + (high - middle) / factor - by];
    };
    const next = [...along(lowX, highX, cx, dx), ...along(lowY, highY, cy, dy)];
    return next.map((value) => Number(value.toPrecision(6))).join(",");
  }

  function shareOf(clientX, clientY) {
    const box = svg.getBoundingClientRect();
    return [(clientX - box.left - frame.left) / (frame.right - frame.left),
      (frame.bottom - clientY + box.top) / (frame.bottom - frame.top)];
  }

  make();
  return {
    svg, show, setNetworks, measure, nearest, zoomed, shareOf, showHovered,
    spot: (network) => spotOf.get(network), nameBox: (network) => boxOf.get(network), frame: () => frame, size: () => size,
    order: () => [...spots].sort((a, b) => a.x - b.x || b.y - a.y).map(({ network }) => network),
  };
})();
