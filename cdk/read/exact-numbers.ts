// JSON to compare, with its numbers as what they are worth and not as JavaScript holds them.

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** The same text for 1.50, 1.5 and 15e-1, and another one for every other number. */
const worth = (source: string): string => {
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = NUMBER.exec(source) ?? [];
  const digits = `${whole}${decimals}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - decimals.length + digits.length - significant.length;
  return `${sign}${significant}e${power}`;
};

/** JSON of a record: a field that comes twice has its last value, spaces are gone, each number is what it is worth. */
export const exactly = (json: string): string =>
  JSON.stringify(
    JSON.parse(json, (_key, value: unknown, {source}) =>
      typeof value === 'number' ? worth(source ?? String(value)) : value,
    ),
  );
