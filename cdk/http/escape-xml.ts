const ESCAPES: Readonly<Record<string, string>> = {
  ...{'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;'},
};

/** A value as the content of an XML element or attribute, for a `body` of your own: `<id>${escapeXml(id)}</id>`. */
export const escapeXml = (value: string | number | boolean): string =>
  String(value).replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
