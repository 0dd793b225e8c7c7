/* Cells and tables of visitors, read by the rules of `netscore rank`: said or unambiguous, never
   guessed. A doubt is a question with its answers, and as long as it stands, nothing is ranked. */

const MARKS = { ".": ",", ",": "." };
const MISSING = new Set(data.missing);
const MOST_TEXT = 1e6;
const MOST_ROWS = 5000;

/* A number under each decimal mark; the other mark, spaces and apostrophes group by threes. */
const NUMBER = Object.fromEntries(Object.entries(MARKS).map(([mark, group]) => [mark, new RegExp(
  `^([+-]?(?:[1-9]\\d{0,2}(?:([${group} \\u00a0\\u2009\\u202f'’])\\d{3})(?:\\2\\d{3})*(?:\\${mark}\\d*)?`
  + `|\\d+(?:_\\d+)*(?:\\${mark}\\d*)?|\\${mark}\\d+))(?:[eE]([+-]?\\d+))?$`)]));
const ENDS_WITH_UNIT = /^(.*?[\d.,])\s*([a-z]+|%)$/i;

function numberUnder(mark, text, power) {
  const match = NUMBER[mark].exec(text);
  if (!match) return null;
  const digits = match[1].replace(/[^\d.,+-]/g, "").replaceAll(MARKS[mark], "").replace(mark, ".");
  return Number(`${digits}e${Number(match[3] || 0) + power}`);
}

/* The unit that a cell carries, in any letter case; undefined if there is no such unit. */
function cellUnit(kind, text) {
  if (kind === "accuracy") return text === "%" ? { name: "percent", factor: 1 } : undefined;
  return data.units[kind].find((unit) => unit.name.toLowerCase() === text.toLowerCase());
}

/* What a cell says: missing, a refusal, or its readings under each mark and its own unit. */
function readCell(kind, cell, unit) {
  const text = cell.trim();
  if (MISSING.has(text.toLowerCase())) return { missing: true };
  const refuse = (reason) => ({ refusal: reason || `not a number: ${pythonText(text)}` });
  let [body, own] = [text, null];
  const match = /^[+-]?[\d.,_]+[eE][+-]?\d+$/.test(text) ? null : ENDS_WITH_UNIT.exec(text);
  if (match) {
    body = match[1].trim();
    own = cellUnit(kind, match[2]);
    if (!own) return refuse(`not a number: ${pythonText(text)}; ${pythonText(match[2])} is no unit of ${kind}`);
    if (unit && !agrees(unit, own)) {
      return refuse(`${pythonText(text)} is in ${own.name || "units"}, the column in ${unit.name || "units"}`);
    }
  }
  /* A power of ten is read with the digits, so that 3.4M is the number nearest to it. */
  const suffix = own && POWERS[own.name[0]?.toLowerCase()] && kind !== "accuracy" ? own : null;
  const power = suffix ? POWERS[own.name[0].toLowerCase()] : 0;
  const halved = own && (/mac/i.test(own.name) || !unit ? own.flops : unit.flops);
  const factor = own ? (halved ? 0.5 : 1) : unit ? unit.factor : 1;
  const readings = {};
  let outside = null;
  for (const mark of Object.keys(MARKS)) {
    const number = numberUnder(mark, body, power);
    if (number === null) continue;
    const value = number * factor;
    if (allowed(data.rules[kind], value)) readings[mark] = value;
    else outside ??= value;
  }
  if (!Object.keys(readings).length) {
    return outside === null ? refuse() : { refusal: judge(kind, outside).refusal, outside };
  }
  return { readings, own, shown: text };
}

/* A cell's unit must be the column's or complete it: 5.4G and 5.4 GFLOPs where it says GFLOPs. */
function agrees(unit, own) {
  const [[, prefix, word], [, ownPrefix, ownWord]] = [unit, own].map(({ name }) =>
    /^(.*?)(mac|flop|)s?$/.exec(name.toLowerCase().replace("b", "g")));
  if (ownWord && (ownWord === "flop") !== Boolean(unit.flops)) return false;
  return prefix === ownPrefix || (word && !prefix);
}

const ambiguous = ({ readings }) => readings && "." in readings && "," in readings
  && readings["."] !== readings[","];

/* The mark that the cells of a column settle, "both" if they disagree, or null. */
function settled(cells) {
  const marks = new Set(cells.filter(({ readings }) => readings && Object.keys(readings).length === 1)
    .map(({ readings }) => Object.keys(readings)[0]));
  return marks.size > 1 ? "both" : [...marks][0] ?? null;
}

/* Read columns of cells: for each the figures (NaN where there is none), why there is none, and
   the two readings of the first cell that could be read in two ways. */
function readColumns(texts, { units = {}, separator = "", decimal = "" } = {}) {
  const kinds = Object.keys(texts);
  const cells = Object.fromEntries(kinds.map((kind) =>
    [kind, texts[kind].map((text) => readCell(kind, text, units[kind]))]));
  const own = Object.fromEntries(kinds.map((kind) => [kind, decimal || settled(cells[kind])]));
  const columns = {};
  for (const kind of kinds) {
    const others = new Set(kinds.filter((other) => other !== kind).map((other) => own[other])
      .filter((mark) => mark !== null));
    const carried = !units[kind] && cells[kind].some((cell) => cell.own);
    const column = columns[kind] = { values: [], reasons: [], question: null };
    for (const cell of cells[kind]) {
      let value = NaN;
      let reason = cell.missing ? "missing" : cell.refusal;
      if (cell.readings) {
        const mark = markOf(cell, own[kind], others, separator);
        if (decimal && !(decimal in cell.readings)) {
          reason = `not a number with the decimal mark ${decimal}: ${pythonText(cell.shown)}`;
        } else if (mark === null) {
          const [dot, comma] = [cell.readings["."], cell.readings[","]];
          reason = `${pythonText(cell.shown)} can be read as ${pythonGeneral(dot, 12)} and as ${pythonGeneral(comma, 12)}`;
          column.question ??= { ".": dot, ",": comma, shown: cell.shown };
        } else if (carried && !cell.own && bare(kind, cell.readings[mark])) {
          reason = `${pythonText(cell.shown)} has no unit beside cells that have one`;
        } else value = cell.readings[mark];
      }
      column.values.push(value);
      column.reasons.push(reason ?? "");
    }
  }
  return columns;
}

const bare = (kind, value) => kind === "accuracy" ? value <= 1 : value < 1000;

/* The mark under which a cell is read, or null where nothing decides. */
function markOf(cell, own, others, separator) {
  if (!ambiguous(cell)) return Object.keys(cell.readings)[0];
  if (own) return own === "both" ? null : own;
  const alike = others.size === 1 && !others.has("both") ? [...others][0] : null;
  const commaGroups = cell.shown.includes(",");
  if (commaGroups) return alike === "," && separator === "," ? null : alike;
  if (others.has(",") || others.has("both")) return null;
  return separator === ";" && !others.has(".") ? null : ".";
}

/* ---- Tables. ---- */

const plainName = (name) => [...name.replaceAll("%", "percent").toLowerCase()]
  .filter((letter) => /[\p{L}\p{N}]/u.test(letter)).join("");

/* The records of a text: their cells and the line where each begins. */
function records(text, separator) {
  const found = [];
  let [cells, cell, quoted, line, began] = [[], "", false, 1, 1];
  const end = () => {
    if (cells.length || cell.trim()) found.push({ line: began, cells: [...cells, cell] });
    [cells, cell] = [[], ""];
  };
  for (let i = 0; i < text.length; i += 1) {
    const letter = text[i];
    if (letter === "\n") line += 1;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[i + 1] === '"') [cell, i] = [`${cell}"`, i + 1];
      else quoted = false;
    } else if (letter === '"' && !cell.trim()) [cell, quoted] = ["", true];
    else if (letter === separator) {
      cells.push(cell);
      cell = "";
    } else if (letter === "\n") {
      end();
      began = line;
    } else if (letter !== "\r") cell += letter;
  }
  end();
  return quoted ? null : found;
}

/* In a table of Markdown the outer bars and the line of dashes are no cells. */
function markdown(rows) {
  if (!rows.every(({ cells }) => cells.length > 2 && !cells[0].trim() && !cells.at(-1).trim())) return rows;
  return rows.map(({ line, cells }) => ({ line, cells: cells.slice(1, -1) }))
    .filter(({ cells }) => !cells.every((cell) => /^\s*:?-+:?\s*$/.test(cell)));
}

/* The columns of the figures by their usual names, and the unit that each name states. */
function chooseColumns(header, said) {
  const plain = header.map(plainName);
  const chosen = {};
  for (const kind of MEASUREMENTS) {
    const usual = data.usual[kind];
    const places = plain.flatMap((name, place) => name in usual ? [place] : []);
    if (places.length > 1) {
      return { error: `each of the columns ${places.map((place) => pythonText(header[place])).join(", ")} could be ${kind}` };
    }
    if (places.length) {
      chosen[kind] = { place: places[0], unit: usual[plain[places[0]]] };
      continue;
    }
    const flops = kind === "macs" ? plain.findIndex((name) => name.includes("flop")) : -1;
    if (flops < 0) return { missing: kind };
    const [, prefix = ""] = /^([kmgbt]?)flops?$/.exec(plain[flops]) || /^flops?([kmgbt]?)$/.exec(plain[flops]) || [];
    const unit = (word) => cellUnit("macs", prefix + word);
    chosen.macs = { place: flops, unit: said.macs === "FLOP" ? unit("flop") : unit("mac") };
    if (!said.macs) {
      chosen.question = {
        text: `${pythonText(header[flops])} may count FLOPs, two to a multiply-accumulate.`,
        answers: [["They are FLOPs: halve them", "macs:FLOP"], ["They are MACs", "macs:MAC"]],
      };
    }
  }
  return { chosen };
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
  const first = /^sep=(.)\n/i.exec(source);
  let skipped = 0;
  if (first) [source, skipped] = [source.slice(first[0].length), 1];
  const ways = [];
  const failures = [];
  for (const separator of first ? [first[1]] : [",", ";", "\t", "|"]) {
    let rows = records(source, separator);
    if (rows === null) return none("A quotation mark is not closed.");
    if (separator === "|") rows = markdown(rows);
    const header = rows[0].cells.map((cell) => cell.trim());
    const found = chooseColumns(header, said);
    if (found.chosen) ways.push({ separator, rows: rows.slice(1), header, ...found });
    else {
      failures.push({ header, ...found });
      const plain = headless(header);
      if (plain) ways.push({ separator, rows, header, ...plain, headless: true });
    }
  }
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
  const scaled = {};
  for (const kind of MEASUREMENTS) {
    if (said[kind] && cellUnit(kind, said[kind]) && !units[kind]) units[kind] = cellUnit(kind, said[kind]);
    else if (kind === "accuracy" && said.accuracy === "fraction") units.accuracy = { name: "fraction", factor: 100 };
    scaled[kind] = kind in said;
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

/* What all rows together make doubtful, as the library's warnings do. */
function doubts(rows, said) {
  if (!rows.length) return [];
  for (const kind of MEASUREMENTS) {
    if (kind in said) continue;
    const values = rows.map((row) => row[kind]);
    const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    if (!(most > 0 && most <= data.rules[kind].looksWrongUpTo)) continue;
    const range = (scale) => least === most ? scale(least) : `${scale(least)} to ${scale(most)}`;
    return [{
      text: `${WORDS[kind]}: ${range((value) => pythonGeneral(value, 6))}. In which unit?`,
      answers: readingsOf(kind).map(([unit, factor]) => {
        const scale = (value) => kind === "accuracy" ? pythonGeneral(value * factor, 6) : shortCount(value * factor);
        return [`${range(scale)} ${{ accuracy: "%", params: "params", macs: "MACs" }[kind]}`, `${kind}:${unit}`];
      }),
    }];
  }
  if ("pair" in said) return [];
  if (rows.every(({ params, macs }) => macs < params * (params < 3e10 ? 0.1 : 0.01))) {
    return [{ text: "All MACs are far below the params.", answers: [["Exchange them", "pair:exchange"], ["They are right", "pair:right"]] }];
  }
  if (rows.every(({ params, macs }) => macs > 1e7 * params)) {
    return [{ text: "All MACs are above ten million times the params: is a unit applied twice?", answers: [["They are right", "pair:right"]] }];
  }
  return [];
}

/* The units in which a doubtful number could be meant: as it stands first. */
const readingsOf = (kind) => ({
  accuracy: [["percent", 1], ["fraction", 100]],
  params: [["", 1], ["M", 1e6]],
  macs: [["", 1], ["M", 1e6], ["G", 1e9]],
}[kind]);
