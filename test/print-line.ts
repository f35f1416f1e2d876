/** Prints a line on stderr, past jest's console, which would put a stack trace around it. */
export const printLine = (line: string): void => void process.stderr.write(`${line}\n`);
