import { describe, expect, test } from 'vitest'
import { listenerSettings } from '../../src/broker/listener-settings.js'

const parsed = (settings: Record<string, string>) => listenerSettings((name) => settings[name] ?? null)

describe('the listeners of server.properties', () => {
  test('a named host is what clients are told', () => {
    expect(parsed({ listeners: 'PLAINTEXT://localhost:9092' })).toEqual([
      {
        name: 'PLAINTEXT',
        host: 'localhost',
        port: 9092,
        protocol: 'PLAINTEXT',
        advertised: { host: 'localhost', port: 9092 },
      },
    ])
  })

  test('who listens everywhere and advertises nothing tells each client the address that it dialled', () => {
    expect(parsed({})).toMatchObject([{ host: null, port: 9092, advertised: null }])
    expect(parsed({ listeners: 'PLAINTEXT://0.0.0.0:9092' })).toMatchObject([{ host: null, advertised: null }])
    expect(parsed({ listeners: 'PLAINTEXT://[::]:9092' })).toMatchObject([{ host: null, advertised: null }])
  })

  test('each listener is advertised under its own name, and the controller’s are left out', () => {
    const listeners = parsed({
      listeners: 'INSIDE://:29092,OUTSIDE://:9092,CONTROLLER://:9093',
      'advertised.listeners': 'INSIDE://kafka-broker:29092,OUTSIDE://localhost:9092',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT',
      'controller.listener.names': 'CONTROLLER',
    })
    expect(listeners.map(({ name, advertised }) => [name, advertised])).toEqual([
      ['INSIDE', { host: 'kafka-broker', port: 29092 }],
      ['OUTSIDE', { host: 'localhost', port: 9092 }],
    ])
  })

  test.each([
    [{ listeners: 'localhost:9092' }, /Unable to parse localhost:9092 in listeners/],
    [{ listeners: 'PLAINTEXT://a:99999' }, /Unable to parse/],
    [{ listeners: 'PLAINTEXT://a:1,PLAINTEXT://b:2' }, /Each listener must have a different name/],
    [{ listeners: 'FRONT://a:1' }, /No security protocol defined for listener FRONT/],
    [{ listeners: 'C://a:1', 'controller.listener.names': 'C' }, /names no listener for clients/],
    [{ 'advertised.listeners': 'PLAINTEXT://0.0.0.0:9092' }, /nonroutable meta-address 0\.0\.0\.0/],
    [{ 'advertised.listeners': 'SSL://a:9092' }, /names SSL, which `listeners` does not/],
  ])('%j is refused', (settings, told) => {
    expect(() => parsed(settings as Record<string, string>)).toThrow(told)
  })
})
