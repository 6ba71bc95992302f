import { type ChildProcess, spawn } from 'node:child_process'
import type { Clock } from '../../base/clock.js'
import { UserError } from '../../base/user-error.js'
import { askBroker } from '../../control/client.js'
import type { NodeFaultSettings } from '../../control/controlled.js'
import type { Verb } from '../../control/verb.js'
import { readNode } from '../../control/verbs/read-node.js'
import { setFaults } from '../../control/verbs/set-faults.js'
import type { BrokerRun, ServedBroker } from '../../local/broker-run.js'
import { klogVersion } from '../version.js'
import { type DaemonReport, daemonProgram } from './spawn.js'

export interface BrokerProcessOptions {
  /** A file of settings, all that it is given. */
  readonly settingsFile: string
  /** Where it is to listen for klog's own commands. */
  readonly control: string
  /** Where its output goes, if that is a log of klog's. */
  readonly logFile: string
  /** For a directory that is formatted now. */
  readonly clusterId: string
  readonly faults: NodeFaultSettings
  /** As `DaemonOptions` has it. */
  readonly noticesHangUps: boolean
  readonly clock: Clock
}

/** A broker's life in a process of its own, which ends with this one. */
export class BrokerProcess implements BrokerRun {
  readonly served: Promise<ServedBroker>
  readonly failed: Promise<string>
  readonly #options: BrokerProcessOptions
  readonly #child: ChildProcess
  readonly #ended: Promise<string>
  #isTold = false
  #isStopped = false

  constructor(options: BrokerProcessOptions) {
    this.#options = options
    const { settingsFile, control, logFile, faults, clusterId, noticesHangUps } = options
    const ofCluster = ['--cluster-id', clusterId, '--control', control, '--faults', JSON.stringify(faults)]
    const own = ['--log-file', logFile, ...(noticesHangUps ? ['--notice-hang-ups'] : [])]
    const args = [daemonProgram(), settingsFile, ...ofCluster, ...own]
    // Its end of the pipe closes when this process goes, however that comes about.
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'inherit', 'inherit', 'ipc'], windowsHide: true })
    child.stdin?.on('error', () => {})
    this.#child = child
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`it could not be started: ${error.message}`))
      child.once('exit', (code, signal) => resolve(`its process ended (${signal ?? `exit code ${code}`})`))
    })
    this.served = this.#report()
    this.served.catch(() => {})
    this.failed = new Promise((resolve) => {
      void this.#ended.then((why) => {
        if (!this.#isTold) resolve(why)
      })
    })
  }

  get pid(): number | null {
    return this.#child.pid ?? null
  }

  async stop(allGo: boolean): Promise<void> {
    this.#isTold = true
    // Without a channel it has handlers for signals: the first is an orderly stop.
    if (allGo) await this.#ask((peer) => askBroker(peer, setFaults, { ...this.#options.faults, goesWithAll: true }))
    this.#child.kill('SIGTERM')
    await this.#ended
  }

  async kill(): Promise<void> {
    this.#isTold = true
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  /** A process that is paused cannot listen: it is woken for what is new. */
  async setFaults(faults: NodeFaultSettings): Promise<void> {
    if (this.#isStopped) this.#child.kill('SIGCONT')
    this.#isStopped = false
    await this.#ask((peer) => askBroker(peer, setFaults, { ...faults, isPaused: false, goesWithAll: false }))
    if (!faults.isPaused) return
    this.#child.kill('SIGSTOP')
    this.#isStopped = true
  }

  async quorum() {
    return this.#ask((peer) => askBroker(peer, readNode, {}))
  }

  ask<A extends object, R>(verb: Verb<A, R>, asked: A): Promise<R> {
    const { control: address, clock } = this.#options
    return askBroker({ address, version: klogVersion(), clock }, verb, asked)
  }

  async #report(): Promise<ServedBroker> {
    const report = new Promise<DaemonReport>((resolve) =>
      this.#child.once('message', (m) => resolve(m as DaemonReport)),
    )
    const told = await Promise.race([report, this.#ended])
    if (typeof told === 'string') throw new UserError(told, 'See klog broker logs')
    if (told.type === 'failed') throw new UserError(told.message, told.nextStep)
    return { clusterId: told.state.clusterId }
  }

  /** Null where it does not answer: it is just starting, or gone. */
  async #ask<T>(ask: (peer: { address: string; version: string; clock: Clock }) => Promise<T>): Promise<T | null> {
    const { control: address, clock } = this.#options
    try {
      return await ask({ address, version: klogVersion(), clock })
    } catch {
      return null
    }
  }
}
