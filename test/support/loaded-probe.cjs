// Loaded before klog by NODE_OPTIONS: writes down, when the process ends, what it has loaded: in KLOG_LOADED with the program's name.
const fs = require('node:fs')
const { builtinModules } = require('node:module')
const { basename } = require('node:path')

// `bin/load.js` runs bundles that it has read itself.
const read = new Set()
const readFileSync = fs.readFileSync
fs.readFileSync = (path, ...more) => {
  if (typeof path === 'string') read.add(path)
  return readFileSync(path, ...more)
}

const own = () => [...new Set([...read, ...Object.keys(require.cache)])].filter((path) => path !== __filename)
/** Those of Node's own that a program can ask for by name. */
const nodes = () =>
  process.moduleLoadList
    .map((entry) => entry.replace(/^NativeModule /, ''))
    .filter((name) => builtinModules.includes(name) && !name.startsWith('_'))
const before = new Set(nodes())

process.on('exit', () => {
  const scripts = own().filter((path) => /\.[cm]?js$/.test(path))
  const loaded = {
    files: own().filter((path) => /\.([cm]?js|node)$/.test(path)),
    nodes: nodes().filter((name) => !before.has(name)),
    bytes: scripts.reduce((sum, path) => sum + fs.statSync(path).size, 0),
  }
  fs.writeFileSync(`${process.env.KLOG_LOADED}.${basename(process.argv[1] ?? '')}`, JSON.stringify(loaded))
})
