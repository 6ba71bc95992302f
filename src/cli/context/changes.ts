/**
 * Which command lines change something: always, never, or with one of these words. A consumer that is a member of a group
 * takes partitions from others and moves the group's offsets.
 */
const CHANGES: Readonly<Record<string, 'always' | 'never' | readonly string[]>> = {
  acls: ['--add', '--remove'],
  'broker-api-versions': 'never',
  cat: 'never',
  'client-metrics': ['--alter', '--delete'],
  cluster: ['unregister'],
  completion: 'never',
  configs: ['--alter'],
  'console-consumer': ['--group'],
  'console-producer': 'always',
  'console-share-consumer': 'always',
  'consumer-groups': ['--delete', '--delete-offsets', '--execute'],
  'consumer-perf-test': 'always',
  'delegation-tokens': ['--create', '--renew', '--expire'],
  'delete-records': 'always',
  'dump-log': 'never',
  'e2e-latency': 'always',
  features: ['upgrade', 'downgrade', 'disable'],
  'get-offsets': 'never',
  groups: 'never',
  lag: 'never',
  'leader-election': 'always',
  'log-dirs': 'never',
  'metadata-quorum': ['add-controller', 'remove-controller'],
  'metadata-shell': 'never',
  'producer-perf-test': 'always',
  'reassign-partitions': ['--execute', '--cancel'],
  'replica-verification': 'never',
  'share-consumer-perf-test': 'always',
  'share-groups': ['--delete', '--delete-offsets', '--execute'],
  storage: 'never', // On this machine, whatever the cluster.
  'streams-application-reset': 'always',
  'streams-groups': ['--delete', '--delete-offsets', '--execute'],
  topics: ['--create', '--alter', '--delete'],
  transactions: ['abort', 'forceTerminateTransaction'],
  'verifiable-consumer': 'always',
  'verifiable-producer': 'always',
  wait: 'never',
}

/** Whether it is known what this tool changes. */
export function isListed(tool: string): boolean {
  return Object.hasOwn(CHANGES, tool)
}

/** A tool that is not listed is taken to change something. One dash is as good as two for Kafka's tools. */
export function changesSomething(tool: string, args: readonly string[]): boolean {
  const rule = isListed(tool) ? CHANGES[tool]! : 'always'
  if (args.includes('--help') || args.includes('--version')) return false
  if (typeof rule === 'string') return rule === 'always'
  const given = args.map((arg) => (arg.startsWith('-') ? arg.replace(/^--?([^=]*).*$/s, '--$1') : arg))
  return rule.some((word) => given.includes(word))
}
