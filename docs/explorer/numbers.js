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
