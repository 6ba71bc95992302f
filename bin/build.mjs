// Bundles the sources into dist/: one CommonJS file per program and per tool, so that a command starts with one read of little.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const dist = join(root, 'dist')
/** Built beside the old one and put in its place at the end: whoever runs klog meanwhile finds one of them, whole. */
const next = mkdtempSync(join(root, 'dist-'))
// A temporary directory is its maker's alone; what is built is for all who may read the checkout.
chmodSync(next, 0o755)
const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Before the name of a tool that is to be an entry of its own. */
const TOOL = 'tool:'

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  external: Object.keys(dependencies),
  define: { KLOG_VERSION: JSON.stringify(version) },
}
/** A CommonJS file has no `import.meta.url`; the sources, which are modules, use it to find what lies beside them. */
const fileUrl = {
  define: { ...shared.define, 'import.meta.url': 'thisBundle.url' },
  banner: { js: "const thisBundle = { get url() { return require('node:url').pathToFileURL(__filename).href } };" },
}

const programs = await build({
  ...shared,
  ...fileUrl,
  format: 'cjs',
  outdir: next,
  outExtension: { '.js': '.cjs' },
  entryPoints: { klog: 'src/cli/main.ts', tools: 'src/cli/tools-main.ts', klogd: 'src/klogd.ts' },
})
const tools = await build({
  ...shared,
  ...fileUrl,
  format: 'cjs',
  outdir: next,
  outExtension: { '.js': '.cjs' },
  entryPoints: Object.fromEntries(toolNames().map((name) => [`tool-${name}`, `${TOOL}${name}`])),
  plugins: [{ name: 'tools', setup: toolEntries }],
})
const library = await build({ ...shared, format: 'esm', outdir: next, entryPoints: { index: 'src/index.ts' } })

markBundles()
declareLibrary()
writeNotices([programs, tools, library])
rmSync(dist, { recursive: true, force: true })
renameSync(next, dist)
await writeManifest()

/** Names each bundle by what is in it, for `load.js`. */
function markBundles() {
  for (const file of readdirSync(next).filter((name) => name.endsWith('.cjs'))) {
    const text = readFileSync(join(next, file), 'utf8')
    const mark = createHash('sha256').update(text).digest('hex').slice(0, 16)
    writeFileSync(join(next, file), `//${mark}\n${text}`)
  }
}

/** Directories under src/cli that hold a tool: what the command line names so. That for completion would hold all the others. */
function toolNames() {
  const names = readdirSync(join(root, 'src/cli')).filter((name) => existsSync(join(root, 'src/cli', name, 'tool.ts')))
  return names.filter((name) => name !== 'completion')
}

/** The program of a single tool. */
function toolEntries({ onResolve, onLoad }) {
  onResolve({ filter: new RegExp(`^${TOOL}`) }, ({ path }) => ({ path: path.slice(TOOL.length), namespace: 'tool' }))
  onLoad({ filter: /.*/, namespace: 'tool' }, ({ path: name }) => {
    const tool = `${name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())}Tool`
    const contents = [
      "import { startAlone } from './start-tool.js'",
      `import { ${tool} } from './${name}/tool.js'`,
      `export const run = (args) => startAlone(${tool}, args)`,
    ]
    return { contents: contents.join('\n'), loader: 'ts', resolveDir: join(root, 'src/cli') }
  })
}

/** The library's types: its face names no type of another file. */
function declareLibrary() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const outDir = mkdtempSync(join(tmpdir(), 'klog-types-'))
  const config = join(outDir, 'tsconfig.json')
  const compilerOptions = { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: root, outDir }
  const typeRoots = [join(root, 'node_modules/@types')]
  const include = [join(root, 'src')]
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { ...compilerOptions, typeRoots },
      include,
    }),
  )
  const run = spawnSync(process.execPath, [tsc, '-p', config], { cwd: root, stdio: 'inherit' })
  if (run.status === 0) copyFileSync(join(outDir, 'src/index.d.ts'), join(next, 'index.d.ts'))
  rmSync(outDir, { recursive: true })
  if (run.status !== 0) process.exit(1)
}

/** The licences of everything that was bundled, as they ask for. */
function writeNotices(results) {
  const inputs = results.flatMap((result) => Object.keys(result.metafile.inputs))
  const names = [
    ...new Set(inputs.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean)),
  ]
  const texts = names.sort().map((name) => {
    const home = join(root, 'node_modules', name)
    const file = existsSync(home) ? readdirSync(home).find((entry) => /^licen[cs]e/i.test(entry)) : undefined
    const licence = file === undefined ? 'see its package page' : readFileSync(join(home, file), 'utf8')
    return `${name}\n${'-'.repeat(name.length)}\n${licence.trim()}\n`
  })
  writeFileSync(join(next, 'THIRD-PARTY-LICENSES.txt'), texts.join('\n\n'))
}

/** What oclif must know of every command without loading it. */
async function writeManifest() {
  const plugin = new Plugin({ root, name: 'klog', type: 'core', ignoreManifest: true, errorOnManifestCreate: true })
  await plugin.load()
  writeFileSync(join(root, 'oclif.manifest.json'), JSON.stringify(plugin.manifest))
}
