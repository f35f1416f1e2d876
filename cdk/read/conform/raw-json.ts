// Numbers that JavaScript can't hold, kept as their digits: JSON.stringify prints them as they are.
// TypeScript's libraries do not know these two yet: https://github.com/tc39/proposal-json-parse-with-source

declare global {
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

/** A number with exactly these digits. */
export const rawNumber = (digits: string): object => JSON.rawJSON(digits);

/** The digits of a number that was kept as such; undefined for any other value. */
export const rawDigits = (value: object): string | undefined =>
  JSON.isRawJSON(value) ? String(Reflect.get(value, 'rawJSON')) : undefined;
