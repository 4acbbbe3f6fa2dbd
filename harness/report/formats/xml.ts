/** Text from outside in an XML 1.0 attribute or element: characters that no XML may hold, even escaped, become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
  );
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element; `content` is XML already. */
export function element(name: string, attributes: Attributes, content: string | readonly string[] = ''): string {
  const shown = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value)).replace(/[\t\n\r]/g, ' ')}"`)
    .join('');
  if (typeof content !== 'string') return `<${name}${shown}>\n${content.join('\n')}\n</${name}>`;
  return content === '' ? `<${name}${shown}/>` : `<${name}${shown}>${content}</${name}>`;
}
