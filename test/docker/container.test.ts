import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../support/klog-home.js'

const root = join(import.meta.dirname, '../..')
let directory: string
let path: string

/** What the image has: klog and klogd on the PATH, and Kafka's tools put beside them. */
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'klog-container-'))
  for (const program of ['klog', 'klogd']) symlinkSync(join(root, `bin/${program}.js`), join(directory, program))
  path = `${directory}:${process.env.PATH}`
  await execa('sh', [join(root, 'docker/install-tools.sh'), directory], { env: { PATH: path } })
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('the container', () => {
  test('becomes a broker with the settings of its environment, and its tools work under their own names', async () => {
    const port = await freePort()
    const properties = join(directory, 'server.properties')
    const broker = execa('node', [join(root, 'docker/entrypoint.mjs')], {
      reject: false,
      env: {
        PATH: path,
        KLOG_DAEMON: join(root, 'bin/klogd.js'),
        KLOG_PROPERTIES_FILE: properties,
        KAFKA_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
        KAFKA_LOG_DIRS: join(directory, 'data'),
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_NUM_PARTITIONS: '2',
        KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181',
        CLUSTER_ID: '4L6g3nShT-eMCtK--X86sw',
      },
    })
    const lines: string[] = []
    for await (const line of createInterface(broker.stdout!)) {
      lines.push(line)
      if (line.includes('Kafka Server started')) break
    }
    broker.stdout!.resume()
    expect(lines[0]).toMatch(/^KAFKA_ZOOKEEPER_CONNECT is ignored/)
    expect(readFileSync(properties, 'utf8')).toContain('num.partitions=2\n')
    expect(readFileSync(join(directory, 'data/meta.properties'), 'utf8')).toContain('cluster.id=4L6g3nShT-eMCtK--X86sw')

    const env = { PATH: path, KLOG_NO_SPAWN: '1' }
    const bootstrap = ['--bootstrap-server', `127.0.0.1:${port}`]
    const created = await execa('kafka-topics', [...bootstrap, '--create', '--topic', 'inside'], { env })
    expect(created.stdout).toBe('Created topic inside.')
    await execa('kafka-console-producer', [...bootstrap, '--topic', 'inside'], { env, input: 'hello\n' })
    const read = ['--topic', 'inside', '--from-beginning', '--max-messages', '1']
    expect((await execa('kafka-console-consumer', [...bootstrap, ...read], { env })).stdout).toBe('hello')

    broker.kill('SIGTERM')
    expect((await broker).exitCode).toBe(0)
  })

  test('names every tool as Kafka does, without .sh', async () => {
    const { stdout } = await execa('klog', ['tools'], { env: { PATH: path } })
    for (const tool of `${stdout}`.split('\n')) {
      expect(readFileSync(join(directory, `kafka-${tool}`), 'utf8')).toBe(`#!/bin/sh\nexec klog ${tool} "$@"\n`)
    }
    expect(stdout).toContain('console-consumer')
  })

  test('kafka-server-start runs a file of settings', async () => {
    const file = join(directory, 'bad.properties')
    writeFileSync(file, 'num.partitions=many\n')
    const start = await execa('kafka-server-start', [file], { env: { PATH: path }, reject: false })
    expect(start).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('num.partitions') })
  })
})
