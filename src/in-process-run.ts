import { UserError } from './base/user-error.js'
import type { NodeFaultSettings } from './control/controlled.js'
import { type Daemon, type DaemonOptions, startDaemon } from './daemon.js'
import type { BrokerRun } from './local/broker-run.js'

export interface InProcessRun extends BrokerRun {
  /** Null until it serves, and when it has ended. */
  readonly daemon: Daemon | null
}

/** A broker's life inside this process. */
export function runInProcess(options: Omit<DaemonOptions, 'givenUp' | 'onFailure'>): InProcessRun {
  const givenUp = new AbortController()
  let daemon: Daemon | null = null
  let faults: NodeFaultSettings | null = null
  let fail: (reason: string) => void = () => {}
  const failed = new Promise<string>((resolve) => {
    fail = resolve
  })
  const kill = async (): Promise<void> => {
    givenUp.abort()
    // Whoever is just starting ends by having been given up.
    await served.catch(() => {})
    const running = daemon
    daemon = null
    await running?.kill()
  }
  const onFailure = ({ message }: Error): void => {
    fail(`the disk under its metadata has failed: ${message}`)
    void kill()
  }
  const served = startDaemon({ ...options, givenUp: givenUp.signal, onFailure }).then((started) => {
    daemon = started
    if (faults !== null) started.controlled.node?.setFaults(faults)
    return { clusterId: started.clusterId }
  })
  served.catch(() => {})
  return {
    pid: process.pid,
    get daemon() {
      return daemon
    },
    served,
    failed,
    stop: async (allGo) => {
      const running = daemon
      if (running === null) throw new UserError('it does not serve yet')
      daemon = null
      await running.close({ handsOver: !allGo })
    },
    kill,
    setFaults: async (settings) => {
      faults = settings
      daemon?.controlled.node?.setFaults(settings)
    },
    ask: async (verb, asked) => {
      if (daemon === null) throw new UserError('it does not serve yet')
      return verb.run(daemon.controlled, asked)
    },
    quorum: async () => daemon?.controlled.node?.quorum() ?? null,
  }
}
