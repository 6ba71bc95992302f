import { JavaError } from '../java-error.js'
import type { Formatter } from './formatter.js'
import { DefaultFormatter } from './formatters/default.js'

const PACKAGE = 'org.apache.kafka.tools.consumer.'
export const DEFAULT_FORMATTER = `${PACKAGE}DefaultMessageFormatter`

/**
 * Kafka's formatter of that class name, with or without its package.
 * @throws JavaError when there is none.
 */
export async function loadFormatter(
  className: string,
  properties: ReadonlyMap<string, string>,
  onUnknownClass: (className: string) => void,
): Promise<Formatter> {
  const name = className.startsWith(PACKAGE) ? className.slice(PACKAGE.length) : className
  switch (name) {
    case 'DefaultMessageFormatter':
    case 'LoggingMessageFormatter': // Logs each record too, at a level that is not shown.
      return new DefaultFormatter(properties, onUnknownClass)
    case 'NoOpMessageFormatter':
      return { format: () => {} }
  }
  const { StateFormatter, OFFSETS, GROUP_METADATA, TRANSACTION_LOG, SHARE_STATE } = await import(
    './formatters/state.js'
  )
  switch (name) {
    case 'OffsetsMessageFormatter':
      return new StateFormatter(OFFSETS)
    case 'GroupMetadataMessageFormatter':
      return new StateFormatter(GROUP_METADATA)
    case 'TransactionLogMessageFormatter':
      return new StateFormatter(TRANSACTION_LOG)
    case 'ShareGroupStateMessageFormatter':
    case 'group.share.ShareGroupStateMessageFormatter':
      return new StateFormatter(SHARE_STATE)
  }
  throw new JavaError('java.lang.ClassNotFoundException', className)
}
