import { record } from './group-recording.js'

const [port, name] = process.argv.slice(2)
await record(name!, Number(port))
