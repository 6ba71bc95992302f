import type { Tool } from './tool.js'

/** klog's own commands that are called in loops as Kafka's tools are: no more is loaded for them than for those. */
export const ownTools: Readonly<Record<string, () => Promise<Tool>>> = {
  cat: async () => (await import('./cat/tool.js')).catTool,
  completion: async () => (await import('./completion/tool.js')).completionTool,
  lag: async () => (await import('./lag/tool.js')).lagTool,
  wait: async () => (await import('./wait/tool.js')).waitTool,
}
