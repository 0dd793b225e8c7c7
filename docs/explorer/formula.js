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
