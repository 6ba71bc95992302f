import { resolve } from 'node:path'
import { MalformedBytes } from '../../bytes/malformed.js'
import type { DataFormat } from '../data/output-option.js'
import { tellFailure } from '../failure-text.js'
import { JavaError } from '../java-error.js'
import { defineTool, type ToolIo } from '../tool.js'
import { ABORTED, BATCHES, OFFSET_ENTRIES, PRODUCERS, TIME_ENTRIES } from './data.js'
import { dumpOffsetIndex, dumpTimeIndex } from './dump-index.js'
import { dumpLogFile } from './dump-log-file.js'
import { dumpProducerSnapshot, dumpTransactionIndex } from './dump-producers.js'
import { Findings } from './findings.js'
import { DUMP_LOG_OPTIONS, type DumpPlan, dumpPlan } from './options.js'
import { UnknownDecoder } from './plain-decoder.js'
import { DataReport, type Report, TextReport } from './report.js'

export const dumpLogTool = defineTool({
  name: 'dump-log',
  summary: 'Prints what is in the files of a log directory, of klog or of Apache Kafka; no broker is needed.',
  options: DUMP_LOG_OPTIONS,
  data: [BATCHES, OFFSET_ENTRIES, TIME_ENTRIES, ABORTED, PRODUCERS],
  examples: [
    '--files orders-0/00000000000000000000.log --print-data-log',
    '--files __consumer_offsets-0/00000000000000000000.log --offsets-decoder',
    '--files __cluster_metadata-0/00000000000000000000.log --cluster-metadata-decoder',
    '--files orders-0/00000000000000000000.index --index-sanity-check',
  ],
  act: async (options, io) => {
    try {
      const plan = dumpPlan(options, io)
      const findings = new Findings()
      if (plan.format === null) {
        for (const path of plan.files) await dump(path, plan, findings, new TextReport(io), io)
      } else await dumpAsData(plan, plan.format, findings, io)
      findings.print(io)
      return 0
    } catch (error) {
      if (error instanceof UnknownDecoder) io.stderr.line('Failed to load decoder class')
      if (!(error instanceof JavaError || error instanceof MalformedBytes)) throw error
      tellFailure(error, io)
      return 1
    }
  },
})

/** What was sound is printed, whatever comes after it. */
async function dumpAsData(plan: DumpPlan, format: DataFormat, findings: Findings, io: ToolIo): Promise<void> {
  const report = new DataReport(format, io)
  try {
    for (const path of plan.files) {
      report.file = path
      await dump(path, plan, findings, report, io)
    }
  } finally {
    await report.end()
  }
}

async function dump(path: string, plan: DumpPlan, findings: Findings, report: Report, io: ToolIo): Promise<void> {
  const fullPath = resolve(io.directory, path)
  report.heading(`Dumping ${path}`)
  switch (path.slice(path.lastIndexOf('.'))) {
    case '.log':
    case '.checkpoint':
      return findings.addGaps(fullPath, await dumpLogFile(path, fullPath, plan, report, io))
    case '.index':
      return findings.addMismatches(fullPath, dumpOffsetIndex(path, fullPath, plan, report))
    case '.timeindex':
      return findings.addTimeErrors(fullPath, dumpTimeIndex(path, fullPath, plan, report))
    case '.snapshot':
      return dumpProducerSnapshot(fullPath, report, io)
    case '.txnindex':
      return dumpTransactionIndex(fullPath, report)
    default:
      io.stderr.line(`Ignoring unknown file ${path}`)
  }
}
