import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pathAdvice } from '../../../src/cli/shims/path-advice.js'
import { MARK, scripts } from '../../../src/cli/shims/scripts.js'
import { removeShims, writeShims } from '../../../src/cli/shims/shim-directory.js'

const PROGRAMS = { node: "/opt/no'de", klog: '/opt/klog.js' }
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'klog-shims-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

test('every tool has a script with and without .sh, and so have those that start and stop the server', () => {
  expect([...scripts(['topics'], PROGRAMS, 'posix').keys()]).toEqual([
    'kafka-topics',
    'kafka-topics.sh',
    'kafka-server-start',
    'kafka-server-start.sh',
    'kafka-server-stop',
    'kafka-server-stop.sh',
  ])
})

test('on Windows scripts end in .cmd and .bat, and hand on all arguments', () => {
  const all = scripts(['topics'], { node: 'C:\\node.exe', klog: 'C:\\klog.js' }, 'windows')
  expect(all.get('kafka-topics.cmd')).toBe(`@echo off\r\nrem ${MARK}\r\n"C:\\node.exe" "C:\\klog.js" topics %*\r\n`)
  expect(all.get('kafka-server-start.bat')).toContain('broker start --foreground --config %*')
})

test('a path with a quote in it stays one word', () => {
  expect(scripts(['topics'], PROGRAMS, 'posix').get('kafka-topics')).toContain("node='/opt/no'\\''de'")
})

test('what klog wrote is written again and removed; what somebody else wrote is left alone', () => {
  const all = scripts(['topics'], PROGRAMS, 'posix')
  writeFileSync(join(directory, 'kafka-topics'), '#!/bin/sh\nexec java Topics\n')
  mkdirSync(join(directory, 'kafka-logs'))
  expect(writeShims(directory, all).foreign).toEqual(['kafka-topics'])
  expect(writeShims(directory, all).written).toHaveLength(5)
  expect(removeShims(directory)).toHaveLength(5)
  expect(readdirSync(directory).sort()).toEqual(['kafka-logs', 'kafka-topics'])
  expect(readFileSync(join(directory, 'kafka-topics'), 'utf8')).toContain('java')
})

test('removing from a directory that is not there removes nothing, and makes nothing', () => {
  expect(removeShims(join(directory, 'none'))).toEqual([])
  expect(existsSync(join(directory, 'none'))).toBe(false)
})

test('a directory that cannot be made is told with the next step', () => {
  writeFileSync(join(directory, 'file'), '')
  expect(() => writeShims(join(directory, 'file', 'bin'), new Map())).toThrow(/cannot use .*file/)
})

test('nothing is said about the PATH where the directory is on it', () => {
  expect(pathAdvice('/a/bin', { PATH: '/usr/bin:/a/bin' })).toBeNull()
  expect(pathAdvice('/a/bin', { PATH: '/usr/bin', SHELL: '/bin/zsh' })).toContain('~/.zshrc')
  expect(pathAdvice('/a/bin', { SHELL: '/usr/bin/fish' })).toBe("fish_add_path '/a/bin'")
})
