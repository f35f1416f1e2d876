/** The string without its percent-encoding; unchanged if that is malformed. */
export const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
