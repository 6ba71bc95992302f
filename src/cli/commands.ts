import BrokerAdd from '../commands/broker/add.js'
import BrokerCheck from '../commands/broker/check.js'
import BrokerCut from '../commands/broker/cut.js'
import BrokerHeal from '../commands/broker/heal.js'
import BrokerKill from '../commands/broker/kill.js'
import BrokerLag from '../commands/broker/lag.js'
import BrokerLogs from '../commands/broker/logs.js'
import BrokerPause from '../commands/broker/pause.js'
import BrokerReset from '../commands/broker/reset.js'
import BrokerResume from '../commands/broker/resume.js'
import BrokerStart from '../commands/broker/start.js'
import BrokerStatus from '../commands/broker/status.js'
import BrokerStop from '../commands/broker/stop.js'
import BrokerTickCompaction from '../commands/broker/tick/compaction.js'
import BrokerTickRetention from '../commands/broker/tick/retention.js'
import BrokerTimeAdvance from '../commands/broker/time/advance.js'
import BrokerTime from '../commands/broker/time.js'
import BrokerApiVersions from '../commands/broker-api-versions.js'
import Cat from '../commands/cat.js'
import Cluster from '../commands/cluster.js'
import Completion from '../commands/completion.js'
import Configs from '../commands/configs.js'
import ConsoleConsumer from '../commands/console-consumer.js'
import ConsoleProducer from '../commands/console-producer.js'
import ConsumerGroups from '../commands/consumer-groups.js'
import ConsumerPerfTest from '../commands/consumer-perf-test.js'
import ContextDelete from '../commands/context/delete.js'
import ContextSet from '../commands/context/set.js'
import ContextUse from '../commands/context/use.js'
import ContextList from '../commands/context.js'
import DeleteRecords from '../commands/delete-records.js'
import DumpLog from '../commands/dump-log.js'
import E2eLatency from '../commands/e2e-latency.js'
import Features from '../commands/features.js'
import ForkBroker from '../commands/fork.js'
import GetOffsets from '../commands/get-offsets.js'
import Groups from '../commands/groups.js'
import Lag from '../commands/lag.js'
import LeaderElection from '../commands/leader-election.js'
import LogDirs from '../commands/log-dirs.js'
import MetadataQuorum from '../commands/metadata-quorum.js'
import ProducerPerfTest from '../commands/producer-perf-test.js'
import Quickstart from '../commands/quickstart.js'
import ReassignPartitions from '../commands/reassign-partitions.js'
import Shims from '../commands/shims.js'
import SnapDelete from '../commands/snap/delete.js'
import SnapList from '../commands/snap/list.js'
import SnapRestore from '../commands/snap/restore.js'
import SnapSave from '../commands/snap/save.js'
import Storage from '../commands/storage.js'
import Tools from '../commands/tools.js'
import Topics from '../commands/topics.js'
import Transactions from '../commands/transactions.js'
import VerifiableConsumer from '../commands/verifiable-consumer.js'
import VerifiableProducer from '../commands/verifiable-producer.js'
import Wait from '../commands/wait.js'

/** Every command by its oclif id; the manifest and the help are made from this. */
export const COMMANDS = {
  'broker:add': BrokerAdd,
  'broker:check': BrokerCheck,
  'broker:cut': BrokerCut,
  'broker:heal': BrokerHeal,
  'broker:lag': BrokerLag,
  'broker:pause': BrokerPause,
  'broker:resume': BrokerResume,
  'broker:kill': BrokerKill,
  'broker:logs': BrokerLogs,
  'broker:reset': BrokerReset,
  'broker:start': BrokerStart,
  'broker:status': BrokerStatus,
  'broker:stop': BrokerStop,
  'broker:tick:compaction': BrokerTickCompaction,
  'broker:tick:retention': BrokerTickRetention,
  'broker:time': BrokerTime,
  'broker:time:advance': BrokerTimeAdvance,
  configs: Configs,
  'broker-api-versions': BrokerApiVersions,
  cat: Cat,
  completion: Completion,
  cluster: Cluster,
  lag: Lag,
  wait: Wait,
  'console-consumer': ConsoleConsumer,
  context: ContextList,
  'context:delete': ContextDelete,
  'context:set': ContextSet,
  'context:use': ContextUse,
  'console-producer': ConsoleProducer,
  'consumer-groups': ConsumerGroups,
  'delete-records': DeleteRecords,
  'dump-log': DumpLog,
  'get-offsets': GetOffsets,
  fork: ForkBroker,
  groups: Groups,
  'leader-election': LeaderElection,
  'log-dirs': LogDirs,
  quickstart: Quickstart,
  shims: Shims,
  'snap:delete': SnapDelete,
  'snap:list': SnapList,
  'snap:restore': SnapRestore,
  'snap:save': SnapSave,
  tools: Tools,
  'producer-perf-test': ProducerPerfTest,
  features: Features,
  'metadata-quorum': MetadataQuorum,
  storage: Storage,
  'consumer-perf-test': ConsumerPerfTest,
  'verifiable-producer': VerifiableProducer,
  'verifiable-consumer': VerifiableConsumer,
  'e2e-latency': E2eLatency,
  'reassign-partitions': ReassignPartitions,
  topics: Topics,
  transactions: Transactions,
}
