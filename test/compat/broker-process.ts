import { ApacheProcess } from './apache-process.js'
import { DaemonProcess } from './daemon-process.js'

/** A broker that can be killed as a power cut would, and comes back on the same port and directory. */
export interface BrokerProcess {
  readonly bootstrap: string
  /** kill -9, and a new process on the same directory. */
  crashAndRestart(): Promise<void>
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** klog's broker, or with KLOG_COMPAT_BROKER=apache Apache Kafka's: what the clients do must hold there too. */
export function startBroker(directory: string, settings: Record<string, string>): Promise<BrokerProcess> {
  if (process.env.KLOG_COMPAT_BROKER === 'apache') return ApacheProcess.start(directory, settings)
  return DaemonProcess.start(directory, settings)
}
