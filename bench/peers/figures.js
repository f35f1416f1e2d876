// Summarizes the rounds of a comparison.

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The median, the minimum and the maximum; undefined for an empty list. */
export const spread = (values) =>
  values.length === 0
    ? undefined
    : {median: median(values), min: Math.min(...values), max: Math.max(...values)};

/** Divides values of the same round, so that a busy machine affects both. */
export const ratio = (ones, others) => {
  const rounds = Math.min(ones.length, others.length);
  return spread(ones.slice(0, rounds).map((value, round) => value / others[round]));
};

const LEAST_SHARE = 0.7;

/** Describes the ratios that fell too far below the last ones, or are missing. */
export const fallen = (last, now) =>
  Object.entries(last).flatMap(([name, was]) => {
    const is = now[name];
    if (is !== undefined && is >= was * LEAST_SHARE) return [];
    return is === undefined
      ? [`${name} was not measured.`]
      : [
          `${name} is ${is.toFixed(2)}, which is ${Math.round((is / was) * 100)} % of the last ${was.toFixed(2)}; it must be at least ${LEAST_SHARE * 100} %.`,
        ];
  });
