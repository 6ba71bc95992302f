// Keeps what V8 made of a bundle, as Node itself does from 22.1 on: a command starts a third sooner.
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs')
const module_ = require('node:module')
const { homedir } = require('node:os')
const { basename, dirname, join } = require('node:path')
const { constants, Script } = require('node:vm')

/** The build begins each bundle with `//`, so many letters that no other bundle has, and a line feed. */
const MARK_LENGTH = 16
const OTHERS_MAY_WRITE = 0o022
const OWNER_ONLY = 0o700

/**
 * What `require` of a bundle in dist/ gives.
 * @param {string} file
 * @param {string} action tells calls apart that run other functions of the bundle
 */
exports.load = (file, action = '') => {
  const importer = constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER
  if (module_.enableCompileCache !== undefined || importer === undefined) {
    module_.enableCompileCache?.()
    return require(file)
  }
  const source = readFileSync(file, 'utf8')
  const name = basename(file, '.cjs') + action
  const kept = join(directory(), `${name}.${source.slice(2, 2 + MARK_LENGTH)}.${process.version}.${process.arch}`)
  const cachedData = ownFile(kept)
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: file,
    cachedData,
    importModuleDynamically: importer,
  })
  if (cachedData === undefined || script.cachedDataRejected) process.once('exit', () => keep(script, kept, name))
  const loaded = { exports: {} }
  script.runInThisContext()(loaded.exports, require, loaded, file, dirname(file))
  return loaded.exports
}

function directory() {
  return join(process.env.KLOG_HOME || join(homedir(), '.klog'), 'compiled')
}

/** Code that somebody else may have written is not run. */
function ownFile(path) {
  try {
    const { uid, mode } = statSync(path)
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & OTHERS_MAY_WRITE) === 0)
    return isOwn ? readFileSync(path) : undefined
  } catch {
    return undefined
  }
}

/** In the place of what earlier versions made; nowhere, where klog has no home yet, or may not write there. */
function keep(script, path, name) {
  try {
    const home = dirname(path)
    if (!statSync(dirname(home)).isDirectory()) return
    mkdirSync(home, { recursive: true, mode: OWNER_ONLY })
    const fresh = `${path}.${process.pid}`
    writeFileSync(fresh, script.createCachedData(), { mode: 0o600 })
    renameSync(fresh, path)
    for (const other of readdirSync(home)) {
      if (other.startsWith(`${name}.`) && join(home, other) !== path) rmSync(join(home, other))
    }
  } catch {
    // The next command is as slow as this one, no more.
  }
}
