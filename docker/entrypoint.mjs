#!/usr/bin/env node
// Turns the container's environment into a server.properties file and becomes the broker.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { propertiesText, settingsFrom } from './environment.mjs'

const file = process.env.KLOG_PROPERTIES_FILE ?? '/etc/kafka/server.properties'
const klogd = process.env.KLOG_DAEMON ?? '/usr/local/lib/node_modules/klog/bin/klogd.js'

const { properties, clusterId, notes } = settingsFrom(process.env)
for (const note of notes) console.log(note)
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, propertiesText(properties))

process.argv = [process.argv[0], klogd, file, ...(clusterId === null ? [] : ['--cluster-id', clusterId])]
await import(klogd)
