/** A line on stderr, past jest's console, which would print a stack trace around it. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);
