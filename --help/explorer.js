"use strict";
{
/* The formulas, as in the package: params in millions, MACs in billions. */

const MEASUREMENTS = ["accuracy", "params", "macs"];
const EXPONENTS = ["alpha", "beta", "gamma"];
const WORDS = {
  accuracy: "Top-1 accuracy", params: "Params", macs: "MACs", year: "Year", score: "NetScore",
};

function netscore(accuracy, params, macs, { alpha, beta, gamma }) {
  if (accuracy === 0 && alpha > 0) return -Infinity;
  return (accuracy ? 20 * alpha * Math.log10(accuracy) : 0)
    - 20 * beta * Math.log10(params / 1e6) - 20 * gamma * Math.log10(macs / 1e9);
}

const informationDensity = (accuracy, params) => accuracy * 1e6 / params;

/* For each score one more than the number of higher ones. */
function rankAll(scores) {
  const order = [...scores.keys()].sort((a, b) =>
    (scores[b] > scores[a]) - (scores[b] < scores[a]));
  const ranks = new Array(scores.length);
  order.forEach((place, i) => {
    const before = order[i - 1];
    ranks[place] = i && scores[before] === scores[place] ? ranks[before] : i + 1;
  });
  return ranks;
}

/* Whether one network is at least as good in all measures and better in one; costs count down. */
function dominates(one, other, measures = MEASUREMENTS) {
  let better = false;
  for (const name of measures) {
    const [gain, loss] = name === "accuracy" || name === "score"
      ? [one[name], other[name]] : [other[name], one[name]];
    if (gain < loss) return false;
    better ||= gain > loss;
  }
  return better;
}

/* The networks that no other one dominates: a dominating one comes earlier in this order. */
function paretoFront(networks, measures) {
  const front = [];
  const ordered = [...networks].sort((a, b) => {
    for (const name of measures) {
      const order = name === "accuracy" || name === "score" ? b[name] - a[name] : a[name] - b[name];
      if (order) return order;
    }
    return 0;
  });
  for (const network of ordered) {
    if (!front.some((other) => dominates(other, network, measures))) front.push(network);
  }
  return new Set(front);
}

/* The page holds its data; nothing is fetched. */
const data = JSON.parse(document.getElementById("data").textContent);

/* Numbers as the library writes them, and its rules and sentences about what is typed. */

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

/* What came from outside, shortened where it is long. */
const LONGEST = 40;
const shortened = (text) => text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;

/* Python's repr of a text. */
function pythonText(text) {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + shortened(text).replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`) + quote;
}

const POWERS = { k: 3, m: 6, g: 9, b: 9, t: 12 };

function shortCount(value) {
  const rounded = Number(pythonGeneral(value, 3));
  for (const suffix of ["T", "G", "M", "K"]) {
    const scale = 10 ** POWERS[suffix.toLowerCase()];
    if (rounded >= scale && rounded < scale * 1000) {
      return pythonGeneral(rounded / scale, 3) + suffix;
    }
  }
  return pythonGeneral(rounded, 3);
}

const decimals = (value) => value === -Infinity ? "−∞" : value.toFixed(2).replace("-", "−");
const grouped = (value) => value.toLocaleString("en-US");

/* How a score was made, as the library signs it. */
const signature = (exponents) => data.signature.replace(/\{(\w+)\}/g, (_, name) =>
  pythonRepr(exponents[name] + 0).replace(/\.0$/, ""));

function allowed(rule, value) {
  const low = rule.lowerAllowed ? value >= rule.lower : value > rule.lower;
  const high = rule.upper === null ? value < Infinity : value <= rule.upper;
  return (rule.orZero && value === 0) || (low && high);
}

/* What the library says about a number: its value, its refusal, or the value and a doubt. */
function judge(name, value) {
  const rule = data.rules[name];
  if (!allowed(rule, value)) return { refusal: rule.refusal.replace("{value}", pythonRepr(value)) };
  const doubtful = value > 0 && value <= rule.looksWrongUpTo;
  return { value, doubt: doubtful ? rule.doubt.replace("{value}", pythonGeneral(value, 6)) : "" };
}

/* What the library says about an exponent as it is typed: a plain number. */
function checkExponent(name, text) {
  const plain = /^[+-]?(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text.trim());
  if (plain) return judge(name, Number(text.trim().replaceAll("_", "")));
  return { refusal: data.rules[name].noNumber.replace("{value}", () => pythonText(text)) };
}

/* Cells and tables of visitors, read by the rules of `netscore rank`: said or unambiguous, never
   guessed. A doubt is a question with its answers, and as long as it stands, nothing is ranked. */

const MARKS = { ".": ",", ",": "." };
const MISSING = new Set(data.missing);
const DASHES = /^[-\u2010-\u2014\u2212]*$/;
const MOST_TEXT = 1e6;
const MOST_ROWS = 5000;
const COUNT = { name: "", factor: 1, flops: false, zero: 0, size: 1 };

/* A number and the unit behind it; and numbers under each decimal mark, where the other mark,
   spaces and apostrophes group by threes. */
const SPACES = " \\u00a0\\u2007\\u2009\\u202f";
const CELL = new RegExp(`^([+-]?[0-9.,][0-9.,_'’${SPACES}]*(?:[eE][+-]?[0-9]+)?)[${SPACES}]*(%|[A-Za-z]*)$`);
const FORMS = Object.fromEntries(Object.entries(MARKS).map(([mark, group]) => [mark, new RegExp(
  `^[+-]?(?:[1-9][0-9]{0,2}([${group}'’${SPACES}])[0-9]{3}(?:\\1[0-9]{3})*(?:[${mark}][0-9]+)?`
  + `|(?:[0-9]+(?:_[0-9]+)*(?:[${mark}][0-9]*)?|[${mark}][0-9]+)(?:[eE][+-]?[0-9]+)?)$`)]));

function numberUnder(mark, text, power) {
  if (!FORMS[mark].test(text) || (power && /e/i.test(text))) return NaN;
  const digits = text.replace(mark === "." ? /[^0-9eE+.-]/g : /[^0-9eE+,-]/g, "").replace(mark, ".");
  return Number(power ? `${digits}e${power}` : digits);
}

const unitNamed = (kind, text) => data.units[kind].find(({ name }) =>
  name.toLowerCase() === text.replace("%", "percent").toLowerCase());

/* The power of ten of a cell's unit in the column's, or why they do not agree: it must be the
   column's or complete it, as GMac completes MACs. */
function compared(kind, text, unit) {
  const own = text ? unitNamed(kind, text) : null;
  if (own === null) return 0;
  const column = unit || COUNT;
  const ratio = own ? own.size / column.size : NaN;
  const open = !unit || /^(mac|flop)s?$/i.test(unit.name);
  const worded = own && /mac|flop/i.test(own.name);
  if ((open ? ratio === ratio : ratio === 1) && (own.flops === column.flops || !worded)) return Math.round(Math.log10(ratio));
  return `is in ${text}, and the column in ${column.name || (kind === "accuracy" ? "percent" : "plain counts")}`;
}

/* What a cell says: missing, a refusal, or its readings under each mark that is allowed. */
function readCell(kind, cell, unit, decimal = "") {
  const text = cell.trim();
  if (MISSING.has(text.toLowerCase()) || DASHES.test(text)) return { missing: true };
  const shown = pythonText(text);
  const refusal = `not a number${decimal && ` with the decimal mark ${decimal}`}: ${shown}`;
  const match = CELL.exec(text);
  if (!match) return { refusal };
  const power = compared(kind, match[2], unit);
  if (typeof power === "string") return { refusal: `${shown} ${power}` };
  const { factor, zero } = unit || COUNT;
  const own = Boolean(match[2]);
  const body = match[1].replace(new RegExp(`[${SPACES}]+$`), "");
  const readings = {};
  for (const mark of decimal || ".,") {
    const number = numberUnder(mark, body, power);
    if (!Number.isNaN(number)) readings[mark] = number * factor + zero;
  }
  const read = Object.entries(readings);
  if (!read.length) return { refusal, own };
  const within = read.filter(([, value]) => allowed(data.rules[kind], value));
  if (!within.length) return { refusal: judge(kind, read[0][1]).refusal, outside: read[0][1], own };
  const alike = new Set(read.map(([, value]) => value)).size === 1;
  return { readings: alike ? readings : Object.fromEntries(within), own, shown: text, marked: /[.,]/.test(body) };
}

const ambiguous = ({ readings }) => readings && "." in readings && "," in readings
  && readings["."] !== readings[","];

/* The marks that the cells of a column settle, because they have no other reading. */
const settled = (cells) => new Set(cells.filter(({ readings, marked }) => marked && Object.keys(readings).length === 1)
  .map(({ readings }) => Object.keys(readings)[0]));

/* Read columns of cells: for each the figures (NaN where there is none), why there is none, and
   the two readings of the first cell that could be read in two ways. */
function readColumns(texts, { units = {}, separator = "", decimal = "" } = {}) {
  const kinds = Object.keys(texts);
  const cells = Object.fromEntries(kinds.map((kind) =>
    [kind, texts[kind].map((text) => readCell(kind, text, units[kind], decimal))]));
  const marks = Object.fromEntries(kinds.map((kind) => [kind, settled(cells[kind])]));
  const columns = {};
  for (const kind of kinds) {
    const others = new Set(kinds.flatMap((other) => other === kind ? [] : [...marks[other]]));
    const reads = marksOf(marks[kind], others, separator);
    const strict = !units[kind] && cells[kind].some((cell) => cell.own);
    const column = columns[kind] = { values: [], reasons: [], question: null };
    for (const cell of cells[kind]) {
      let value = NaN;
      let reason = cell.missing ? "missing" : cell.refusal;
      if (cell.readings) {
        const mark = ambiguous(cell) ? reads[cell.shown.includes(",") ? "," : "."] : Object.keys(cell.readings)[0];
        if (mark === null) {
          const [dot, comma] = [cell.readings["."], cell.readings[","]];
          reason = `${pythonText(cell.shown)} can be ${pythonGeneral(dot, 15)} or ${pythonGeneral(comma, 15)}`;
          column.question ??= { ".": dot, ",": comma, shown: cell.shown };
        } else if (strict && !cell.own && cell.readings[mark] > 0 && cell.readings[mark] <= data.rules[kind].looksWrongUpTo) {
          reason = `${pythonText(cell.shown)} has no unit, as other cells of the column have`;
        } else value = cell.readings[mark];
      }
      column.values.push(value);
      column.reasons.push(reason ?? "");
    }
  }
  return columns;
}

/* The decimal mark for cells with two readings, by the mark that is in them: what the column
   settles, else what the others do; null where nothing does. */
function marksOf(own, others, separator) {
  if (own.size) return own.size > 1 ? { ".": null, ",": null } : { ".": [...own][0], ",": [...own][0] };
  const [alike] = others.size === 1 ? others : [null];
  return {
    ",": alike === "," && separator === "," ? null : alike,
    ".": others.has(",") || (separator === ";" && !others.has(".")) ? null : ".",
  };
}

/* ---- Tables. ---- */

const plainName = (name) => [...name.replaceAll("%", "percent").toLowerCase()]
  .filter((letter) => /[\p{L}\p{N}]/u.test(letter)).join("");

const baseName = (name) => plainName(name).replace(new RegExp(data.qualifiers, "g"), "");

/* The records of a text, their cells and the line where each begins; null if it is no CSV, as
   after a quotation mark that is not closed. */
function records(text, separator, quoting = true) {
  const found = [];
  let [cells, cell, quoted, line, began] = [[], "", false, 1, 1];
  const end = () => {
    if (cells.length || cell) found.push({ line: began, cells: [...cells, cell] });
    [cells, cell] = [[], ""];
  };
  for (let i = 0; i < text.length; i += 1) {
    const letter = text[i];
    if (letter === "\n") line += 1;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[i + 1] === '"') [cell, i] = [`${cell}"`, i + 1];
      else if (i + 1 < text.length && text[i + 1] !== separator && text[i + 1] !== "\n") return null;
      else quoted = false;
    } else if (quoting && letter === '"' && cell === "") quoted = true;
    else if (!quoting && letter === "\\" && i + 1 < text.length) [cell, i] = [cell + text[i + 1], i + 1];
    else if (letter === separator) {
      cells.push(cell);
      cell = "";
    } else if (letter === "\n") {
      end();
      began = line;
    } else cell += letter;
  }
  end();
  return quoted ? null : found;
}

/* A table of Markdown, if the second line is one of dashes: without it, outer bars and emphasis. */
function markdown(text) {
  const [first, second = ""] = text.split("\n", 2);
  if (!first.includes("|") || !/^\|?(\s*:?-+:?\s*\|)+(\s*:?-+:?\s*)?$/.test(second.trim())) return null;
  return records(text, "|", false).filter((_, i) => i !== 1).map(({ line, cells }) => {
    const plain = cells.map((cell) => cell.trim().replace(/(\*\*|__|[*_`])(.+)\1/g, "$2"));
    return { line, cells: plain.slice(plain[0] === "" ? 1 : 0, plain.at(-1) === "" ? -1 : undefined) };
  });
}

/* The columns of the figures by their usual names, and the unit that each name states. */
function chooseColumns(header, said) {
  const [plain, base] = [header.map(plainName), header.map(baseName)];
  const chosen = {};
  for (const kind of MEASUREMENTS) {
    const usual = data.usual[kind];
    const places = base.flatMap((name, place) => Object.hasOwn(usual, name) ? [place] : []);
    if (places.length > 1) {
      return { error: `each of the columns ${places.map((place) => pythonText(header[place])).join(", ")} could be ${kind}` };
    }
    if (places.length) {
      chosen[kind] = { place: places[0], unit: usual[base[places[0]]] };
      continue;
    }
    const asked = header.map((name, place) => question(kind, name, plain[place], place)).find(Boolean);
    if (!asked) return { missing: kind };
    const [, unit] = asked.answers.find(([, one]) => one === said[kind]) || [];
    chosen[kind] = { place: asked.place, unit: unitNamed(kind, unit || asked.answers[0][1]) };
    if (!unit) {
      chosen.question ??= { text: asked.text, answers: asked.answers.map(([label, one]) => [label, `${kind}:${one}`]) };
    }
  }
  return { chosen };
}

/* What a column may hold that is not what is looked for, as errors or FLOPs, and both answers. */
function question(kind, name, plain, place) {
  const shown = pythonText(name);
  if (kind === "accuracy" && /err(or)?s?(rate)?(percent|pct)?$/.test(plain)) {
    return { place, text: `${shown} may hold errors.`, answers: [["They are errors: 100 − x", "error"], ["They are accuracies", "percent"]] };
  }
  const speaks = plain.includes("flop") || /(?<![a-z])[kmgbt]?ops(?![a-z])/.test(name.toLowerCase());
  if (kind !== "macs" || plain.includes("mac") || !speaks) return null;
  const match = /^(?:n|num|total)?([kmgbt]?)(?:fl)?ops?([kmgbt]?)$/.exec(plain);
  const prefix = match ? (match[1] || match[2]).toUpperCase() : "";
  return {
    place, text: `${shown} may count FLOPs, two to a multiply-accumulate.`,
    answers: [["They are FLOPs: halve them", `${prefix}FLOP`], ["They are MACs", `${prefix}MAC`]],
  };
}

/* Rows without a header are a name, unless it is left out, and the three figures. */
function headless(first) {
  const figures = first.slice(-3).map((cell) => cell.trim());
  if (first.length < 3 || first.length > 4) return null;
  const read = MEASUREMENTS.every((kind, i) => readCell(kind, figures[i]).readings
    || readCell(kind, figures[i]).outside !== undefined);
  if (!read) return null;
  const chosen = Object.fromEntries(MEASUREMENTS.map((kind, i) => [kind, { place: first.length - 3 + i, unit: null }]));
  return { chosen, named: first.length === 4 ? 0 : -1 };
}

/* Read a pasted or dropped table. `answers` are what the visitor said to earlier questions, as
   ["macs:FLOP", "decimal:,"]. Rows and complaints name the line of the text. */
function readTable(text, answers = []) {
  const none = (error) => ({ rows: [], complaints: [], questions: [], error });
  if (text.length > MOST_TEXT) return none("The text is longer than a million characters; netscore rank reads such files.");
  let source = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  if (!source.trim()) return none("");
  if (source.includes("\0")) return none("The text holds a NUL: it is no table.");
  const said = Object.fromEntries(answers.map((answer) => answer.split(":")));
  const first = /^\n*sep=([,;|\t])\n/i.exec(source);
  let skipped = 0;
  if (first) [source, skipped] = [source.slice(first[0].length), first[0].split("\n").length - 1];
  const ways = [];
  const failures = [];
  const table = first ? null : markdown(source);
  const readings = table ? [["", table]]
    : (first ? [first[1]] : [",", ";", "\t", "|"]).map((separator) => [separator, records(source, separator)]);
  for (const [separator, rows] of readings) {
    if (!rows?.length) continue;
    const header = rows[0].cells;
    if (new Set(header).size < header.length && header.length > 3 && chooseColumns(header, said).chosen) {
      return none("Two columns are named alike.");
    }
    const found = chooseColumns(header, said);
    if (found.chosen) ways.push({ separator, rows: rows.slice(1), header, ...found });
    else {
      failures.push({ header, ...found });
      const plain = headless(header);
      if (plain) ways.push({ separator, rows, header, ...plain, headless: true });
    }
  }
  if (!ways.length && !failures.length) return none("A quotation mark is not closed, or text follows a closed one.");
  const headed = ways.filter((way) => !way.headless);
  const usable = headed.length ? headed : ways;
  if (usable.length > 1) return none("More than one of , ; tab and | can separate the cells: begin with a line sep=;");
  if (!usable.length) {
    const best = failures.reduce((a, b) => b.header.length > a.header.length ? b : a);
    return none(best.error || `None of the columns ${best.header.slice(0, 12).map(pythonText).join(", ")} has a usual name of `
      + `${best.missing}. The first line must name the columns (model, top1, params, macs), or each line must be a name and three figures.`);
  }
  const [way] = usable;
  const { separator, header, chosen } = way;
  const complaints = [];
  const rows = [];
  for (const { line, cells } of way.rows) {
    if (cells.length === header.length) rows.push({ line: line + skipped, cells });
    else {
      complaints.push({ line: line + skipped, text: `${cells.length} cells, the first line has ${header.length}`
        + (separator === "," && cells.length > header.length
          ? "; decimal commas need quotation marks or another separator" : "") });
    }
  }
  if (rows.length > MOST_ROWS) return none(`There are ${rows.length} rows; the explorer takes ${MOST_ROWS}, netscore rank any number.`);
  const units = Object.fromEntries(MEASUREMENTS.map((kind) => [kind, chosen[kind].unit]));
  for (const kind of MEASUREMENTS) {
    if (said[kind] && !units[kind]) units[kind] = unitNamed(kind, said[kind]) || null;
  }
  const columns = readColumns(
    Object.fromEntries(MEASUREMENTS.map((kind) => [kind, rows.map(({ cells }) => cells[chosen[kind].place])])),
    { units, separator, decimal: said.decimal });
  const names = header.map(plainName);
  const measured = MEASUREMENTS.map((kind) => chosen[kind].place);
  const others = header.map((_, place) => place).filter((place) => !measured.includes(place));
  const named = way.named ?? others.find((place) => data.names.includes(names[place])) ?? others[0] ?? -1;
  const good = [];
  rows.forEach(({ line, cells }, i) => {
    const reasons = MEASUREMENTS.flatMap((kind) => columns[kind].reasons[i]
      ? [`${way.headless ? kind : header[chosen[kind].place]}: ${columns[kind].reasons[i]}`] : []);
    if (reasons.length) complaints.push({ line, text: shortened(reasons[0]).length < reasons[0].length ? reasons[0].slice(0, 160) : reasons[0] });
    else {
      good.push({
        line, name: (named < 0 ? "" : cells[named].trim()).slice(0, 200) || `Your network, line ${line}`,
        ...Object.fromEntries(MEASUREMENTS.map((kind) => [kind, columns[kind].values[i]])),
      });
    }
  });
  const questions = [];
  if (chosen.question) questions.push(chosen.question);
  else {
    const asked = MEASUREMENTS.map((kind) => columns[kind].question).find(Boolean);
    if (asked) {
      questions.push({
        text: `${pythonText(asked.shown)} can be read in two ways.`,
        answers: [[`${pythonGeneral(asked["."], 12)}: the point is the decimal mark`, "decimal:."],
          [`${pythonGeneral(asked[","], 12)}: the comma is the decimal mark`, "decimal:,"]],
      });
    } else questions.push(...doubts(good, said));
  }
  return { rows: good, complaints: complaints.sort((a, b) => a.line - b.line), questions, error: "" };
}

/* What all rows together make doubtful, in the words of the library's warnings. */
function doubts(rows, said) {
  if (!rows.length) return [];
  for (const kind of MEASUREMENTS) {
    if (kind in said) continue;
    const values = rows.map((row) => row[kind]);
    const most = values.reduce((a, b) => Math.max(a, b));
    if (!(most > 0 && most <= data.rules[kind].looksWrongUpTo)) continue;
    return [{
      text: data.rules[kind].doubt.replace("{value}", () => span(values)),
      answers: readingsOf(kind).map(([unit, factor]) => {
        const write = (value) => kind === "accuracy" ? pythonGeneral(value * factor, 6) : shortCount(value * factor);
        return [`${span(values, write)} ${{ accuracy: "%", params: "params", macs: "MACs" }[kind]}`, `${kind}:${unit}`];
      }),
    }];
  }
  const unbalanced = "pair" in said ? "" : balance(rows);
  if (!unbalanced) return [];
  return [{
    text: unbalanced.sentence,
    answers: [...(unbalanced.kind === "few" ? [["Exchange them", "pair:exchange"]] : []), ["They are right", "pair:right"]],
  }];
}

/* Whether all MACs are too few or too many for their params, and the library's sentence about it. */
function balance(rows) {
  const kinds = new Set(rows.map(({ params, macs }) => {
    const enough = macs * 10 >= params || (macs * 100 >= params && params >= 3e10);
    if (enough && macs <= params * 1e7) return "";
    return macs < params ? "few" : "many";
  }));
  const [kind] = kinds;
  if (kinds.size !== 1 || !kind) return "";
  return { kind, sentence: data.balances[kind].replace(/\{(\w+)\}/g, (_, name) => span(rows.map((row) => row[name]))) };
}

/* The range of values, as the library writes it. */
function span(values, write = (value) => pythonGeneral(value, 6)) {
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  return least === most ? write(least) : `${write(least)} to ${write(most)}`;
}

/* The units in which a doubtful number could be meant: as it stands first. */
const readingsOf = (kind) => ({
  accuracy: [["percent", 1], ["fraction", 100]],
  params: [["", 1], ["M", 1e6]],
  macs: [["", 1], ["M", 1e6], ["G", 1e9]],
}[kind]);

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
}
