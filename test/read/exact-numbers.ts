// Normalizes JSON for comparisons, without rounding its numbers as JavaScript does.

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** The same string for 1.50, 1.5 and 15e-1, and another one for every other number. */
const canonical = (source: string): string => {
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = NUMBER.exec(source) ?? [];
  const digits = `${whole}${decimals}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - decimals.length + digits.length - significant.length;
  return `${sign}${significant}e${power}`;
};

/** JSON of a record without spaces; a repeated field has its last value, and equal numbers are written alike. */
export const exactly = (json: string): string =>
  JSON.stringify(
    JSON.parse(json, (_key, value: unknown, {source}) =>
      typeof value === 'number' ? canonical(source ?? String(value)) : value,
    ),
  );
