// Formats numbers, lines and tables for people.
const counted = (number: number): string => number.toLocaleString('en-US');

/** `1 row`, `12,000 rows` */
export const count = (number: number, noun: string): string =>
  `${counted(number)} ${noun}${number === 1 ? '' : 's'}`;

/** `980/s`, `12,000/s`; empty for 0 */
export const rate = (number: number, milliseconds: number): string =>
  number === 0 || milliseconds === 0
    ? ''
    : `${counted(Math.round((number * 1000) / milliseconds))}/s`;

/** `980 B`, `1.2 kB`, `34 MB` */
export const size = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${'kMGT'[power - 1]}B`;
};

const padded = (number: number): string => String(number).padStart(2, '0');

/** `40 ms`, `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min` */
export const duration = (milliseconds: number): string => {
  if (milliseconds < 100) return `${milliseconds} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${padded(whole % 60)} s`
    : `${Math.floor(minutes / 60)} h ${padded(minutes % 60)} min`;
};

/** Aligns the cells of each column; the columns in `right` are aligned right. */
export const aligned = (
  rows: readonly (readonly string[])[],
  right: readonly number[],
): readonly string[] => {
  const widths = Array.from({length: Math.max(0, ...rows.map((row) => row.length))}, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const cell = (text: string, column: number): string => {
    const width = widths[column] ?? 0;
    return right.includes(column) ? text.padStart(width) : text.padEnd(width);
  };
  return rows.map((row) =>
    row
      .map(cell)
      .filter((_, column) => widths[column] !== 0)
      .join('  ')
      .trimEnd(),
  );
};
