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
