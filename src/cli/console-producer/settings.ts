import { loadProperties, parseKeyValues } from '../properties.js'
import type { ProducerOptions } from './options.js'

type Source = 'text' | 'int' | 'long'
type OptionName = Parameters<ProducerOptions['has']>[0]

/** Options that stand for a setting. Unlike Kafka's producer its console has short waits. */
const MAPPED: readonly (readonly [option: OptionName, setting: string, source: Source, fallback: string])[] = [
  ['request-required-acks', 'acks', 'text', '-1'],
  ['request-timeout-ms', 'request.timeout.ms', 'int', '1500'],
  ['message-send-max-retries', 'retries', 'int', '3'],
  ['retry-backoff-ms', 'retry.backoff.ms', 'long', '100'],
  ['timeout', 'linger.ms', 'long', '1000'],
  ['metadata-expiry-ms', 'metadata.max.age.ms', 'long', '300000'],
  ['max-block-ms', 'max.block.ms', 'long', '60000'],
  ['max-memory-bytes', 'buffer.memory', 'long', '33554432'],
  ['socket-buffer-size', 'send.buffer.bytes', 'int', '102400'],
  ['batch-size', 'batch.size', 'int', '16384'],
]

/**
 * The producer's settings: the file, then single properties, then what options say. An option that was not given is a
 * default only; compression comes from its option alone.
 * @throws JavaError when the file cannot be read, OptionError when an option is given twice or is no number.
 */
export function producerSettings(
  options: ProducerOptions,
  bootstrapServers: string,
  directory: string,
): Map<string, string> {
  const file = options.text('command-config') ?? options.text('producer.config')
  const settings = new Map([
    ...(file === undefined ? [] : loadProperties(file, directory)),
    ...parseKeyValues([...options.texts('command-property'), ...options.texts('producer-property')]),
  ])
  settings.set('bootstrap.servers', bootstrapServers)
  settings.set('compression.type', compression(options))
  if (!settings.has('client.id')) settings.set('client.id', 'console-producer')
  for (const [option, setting, source, fallback] of MAPPED) {
    const value = options[source](option)
    if (value !== undefined) settings.set(setting, String(value))
    else if (!settings.has(setting)) settings.set(setting, fallback)
  }
  const oldBatchSize = options.int('max-partition-memory-bytes')
  if (oldBatchSize !== undefined) settings.set('batch.size', String(oldBatchSize))
  return settings
}

/** How lines are read: the file, then --topic, then single properties, which may name another topic. */
export function readerSettings(options: ProducerOptions, topic: string, directory: string): Map<string, string> {
  const file = options.text('reader-config')
  return new Map([
    ...(file === undefined ? [] : loadProperties(file, directory)),
    ['topic', topic],
    ...parseKeyValues([...options.texts('reader-property'), ...options.texts('property')]),
  ])
}

function compression(options: ProducerOptions): string {
  if (!options.has('compression-codec')) return 'none'
  return options.text('compression-codec') || 'gzip'
}
