// What several rounds of a comparison come to.

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The middle one, the least and the most; undefined of none. */
export const spread = (values) =>
  values.length === 0
    ? undefined
    : {median: median(values), min: Math.min(...values), max: Math.max(...values)};

/** Of each round: how many times as much the one is as the other was right beside it, so that a busy machine counts little. */
export const ratio = (ones, others) => {
  const rounds = Math.min(ones.length, others.length);
  return spread(ones.slice(0, rounds).map((value, round) => value / others[round]));
};

const LEAST_SHARE = 0.7;

/** The ratios that fell too far below those of the last time, or that are missing, in words. */
export const fallen = (last, now) =>
  Object.entries(last).flatMap(([name, was]) => {
    const is = now[name];
    if (is !== undefined && is >= was * LEAST_SHARE) return [];
    return is === undefined
      ? [`${name} was not measured.`]
      : [
          `${name} is ${is.toFixed(2)}, which is ${Math.round((is / was) * 100)} % of the ${was.toFixed(2)} it was; at least ${LEAST_SHARE * 100} % must be left.`,
        ];
  });
