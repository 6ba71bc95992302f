import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const docker = join(import.meta.dirname, '../../docker')

/** A compose file as the tool understands it. */
function config(file: string): string {
  return execFileSync('docker-compose', ['-f', join(docker, file), 'config'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

describe('the compose files', () => {
  test("klog's names the services that course notes start", () => {
    const services = execFileSync('docker-compose', ['-f', join(docker, 'compose.yaml'), 'config', '--services'], {
      encoding: 'utf8',
    })
    expect(services.split('\n').filter(Boolean).sort()).toEqual(['kafka-broker', 'zookeeper'])
    expect(config('compose.yaml')).toContain('container_name: kafka-broker')
  })

  test('the cluster is three nodes that vote, each reachable from the machine itself', () => {
    const text = config('cluster.yaml')
    for (const [node, port] of [
      [1, 19092],
      [2, 29092],
      [3, 39092],
    ]) {
      expect(text).toContain(
        `KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-${node}:29092,PLAINTEXT_HOST://localhost:${port}`,
      )
    }
    expect(text).toContain('1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093')
  })
})
