import { readFileSync } from 'node:fs'

/** Put in by the bundler; absent when running from source. */
declare const KLOG_VERSION: string | undefined

export function klogVersion(): string {
  if (typeof KLOG_VERSION === 'string') return KLOG_VERSION
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version
}

/** The Apache Kafka whose tools and protocol klog speaks: what `--version` of its tools prints. */
export const KAFKA_VERSION = '4.3.1'

/** The commit that this version of Apache Kafka was built from, which some of its tools print beside the version. */
export const KAFKA_BUILD = '26b251a451ce941d'
