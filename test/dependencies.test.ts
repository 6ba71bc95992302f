import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Locked {
  readonly version?: string
  readonly license?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly hasInstallScript?: boolean
  readonly link?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
const manifest = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>
const locked = Object.entries(packages).filter(([path]) => path !== '')
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Rows of the page's tables by their first cell. */
const rows = new Map(
  read('src/DEPENDENCIES.md')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(/\s+\|\s+/))
    .map(([name, ...cells]) => [`${name!.trim()}/${cells.length}`, cells.map((cell) => cell.trim())]),
)

/** Licences under which anybody may use klog for anything. */
const PERMISSIVE = [
  ...['Apache-2.0', 'MIT', 'MIT OR Apache-2.0', '(MIT OR CC0-1.0)', 'ISC'],
  ...['BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'],
]

test('nothing runs when klog is installed but what the page names', () => {
  const scripts = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => nameOf(path))
  const known = ['@cloudpss/zstd', 'esbuild']
  expect(scripts.filter((name) => !known.includes(name))).toEqual([])
  for (const name of scripts) expect(rows.get(`${name}/1`), name).toBeDefined()
})

test('every package is pinned by its checksum, and none comes from elsewhere than the registry', () => {
  for (const [path, { integrity, resolved, link }] of locked) {
    expect(integrity, path).toMatch(/^sha512-/)
    expect(link, path).toBeUndefined()
    expect(resolved ?? 'https://registry.npmjs.org/', path).toMatch(/^https:\/\/registry\.npmjs\.org\//)
  }
})

test('every licence lets anybody use it for anything', () => {
  for (const [path, { license }] of locked) expect(PERMISSIVE, `${path}: ${license}`).toContain(license)
})

test('the page names whatever klog asks for and what comes with it, under its licence', () => {
  const asked = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)]
  const brought = locked.filter(([, { dev, optional }]) => dev !== true && optional !== true)
  for (const name of new Set([...asked, ...brought.map(([path]) => nameOf(path))])) {
    const [licence, , use, source] = rows.get(`${name}/4`) ?? []
    expect(licence, name).toBe(packages[`node_modules/${name}`]?.license)
    expect(use, name).not.toBe('')
    expect(source, name).toMatch(/^https:\/\//)
  }
})

test('what is installed besides are binaries of named packages, one for each system', () => {
  const systems = locked.filter(([, { dev, optional }]) => dev !== true && optional === true)
  for (const [path] of systems) expect(nameOf(path)).toMatch(/^@(node-rs\/crc32|antoniomuso\/lz4-napi)-/)
})

test('the binaries for every system are locked, so that a clone installs on each of them', () => {
  const wanted = locked.flatMap(([, { optionalDependencies = {} }]) => Object.keys(optionalDependencies))
  const named = new Set(locked.map(([path]) => nameOf(path)))
  expect(wanted.filter((name) => !named.has(name))).toEqual([])
})

test('versions that klog asks for are exact where they are installed with it', () => {
  for (const version of Object.values(manifest.dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
})
