import { didYouMean } from '../did-you-mean.js'

/** What courses still type and Kafka has no more, with today's command. */
const REMOVED: Readonly<Record<string, string>> = {
  'simple-consumer-shell': 'today: klog console-consumer --topic NAME --partition 0 --offset earliest',
  'preferred-replica-election': 'today: klog leader-election --election-type preferred --all-topic-partitions',
  'replay-log-producer': 'today: klog cat TOPIC --output json | klog console-producer --topic OTHER --input json',
  'consumer-offset-checker': 'today: klog consumer-groups --describe --group ID',
  'server-start': 'today: klog broker start --config server.properties',
  'server-stop': 'today: klog broker stop',
}

/** What to say when there is no command of that name: what was meant, or where the commands are. */
export function notFoundText(typed: string, commands: readonly string[]): string {
  const plain = typed.replace(/^kafka-/, '').replace(/\.(?:sh|bat|cmd)$/, '')
  const step =
    (commands.includes(plain) ? `in klog it is: klog ${plain}` : REMOVED[plain]) ??
    didYouMean(plain, commands, 'klog ') ??
    'klog --help lists the commands.'
  return `klog: there is no command ${typed}\n  ${step}\n`
}
