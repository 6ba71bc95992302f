import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

const LIST = join(import.meta.dirname, '../golden/exceptions.json')

/** Says at the end of a run that replayed recorded transcripts how many of their steps are not compared, or not whole. */
export default class ExceptionsReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (!modules.some(({ moduleId }) => /\/golden-[^/]+$/.test(moduleId))) return
    process.stdout.write(`${exceptionsText(readFileSync(LIST, 'utf8'))}\n`)
  }
}

/** @param json the list of exceptions. */
export function exceptionsText(json: string): string {
  const all = JSON.parse(json) as readonly { readonly broker?: 'klog' | 'kafka'; readonly reason: string }[]
  const reasons = new Set(all.map(({ reason }) => reason)).size
  const ours = all.filter(({ broker }) => broker === 'klog').length
  return `golden replay: ${all.length} exceptions with ${reasons} reasons, ${ours} of them with klog's broker only (test/golden/exceptions.json)`
}
