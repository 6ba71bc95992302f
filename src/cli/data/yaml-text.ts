/** Words that mean something else than text where they stand bare, in YAML 1.1 or 1.2. */
const NOT_BARE = /^(?:null|true|false|yes|no|on|off|y|n|~|\.inf|\.nan)$/i
/** Begins with a letter and has nothing in it that YAML could take for syntax; such text is never a number or a date. */
const BARE = /^[A-Za-z_/][\w./-]*$/

/** JSON's values as YAML that version 1.1 and 1.2 read alike: bare words where they are safe, otherwise JSON's own quotes. */
export function yamlText(value: unknown): string {
  return isEmpty(value) || !isCollection(value) ? `${scalar(value)}\n` : block(value, '')
}

function block(value: object, indent: string): string {
  if (Array.isArray(value)) return value.map((item: unknown) => listItem(item, indent)).join('')
  return Object.entries(value)
    .map(([key, item]) => entry(key, item, indent))
    .join('')
}

function entry(key: string, value: unknown, indent: string): string {
  if (!isCollection(value) || isEmpty(value) || isFlat(value)) return `${indent}${scalar(key)}: ${scalar(value)}\n`
  return `${indent}${scalar(key)}:\n${block(value, `${indent}  `)}`
}

/** The first line of what an item holds stands behind its dash. */
function listItem(item: unknown, indent: string): string {
  if (!isCollection(item) || isEmpty(item) || isFlat(item)) return `${indent}- ${scalar(item)}\n`
  return `${indent}- ${block(item, `${indent}  `).slice(indent.length + 2)}`
}

function scalar(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(scalar).join(', ')}]`
  if (isCollection(value)) return '{}'
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'string') return JSON.stringify(value ?? null)
  return BARE.test(value) && !NOT_BARE.test(value) ? value : quoted(value)
}

/** JSON leaves some characters bare that YAML does not allow in a line. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isEmpty(value: unknown): boolean {
  return isCollection(value) && Object.keys(value).length === 0
}

/** Lists of plain values stay on one line. */
function isFlat(value: object): boolean {
  return Array.isArray(value) && !value.some(isCollection)
}
