/** In the form that a properties file is read in, which knows Latin-1 and escapes. */
export function propertiesText(settings: ReadonlyMap<string, string>): string {
  const escaped = (text: string): string =>
    text
      .replace(/[\\=:#!]/g, '\\$&')
      .replace(/\n/g, '\\n')
      .replace(/^ /, '\\ ')
      .replace(/[^\n -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return [...settings].map(([name, value]) => `${escaped(name)}=${escaped(value)}\n`).join('')
}
