import type { Tool } from './tool.js'

/** Every tool of Kafka that klog has, by the name typed after `klog`; loaded when it is called for. */
export const tools: Readonly<Record<string, () => Promise<Tool>>> = {
  'console-producer': async () => (await import('./console-producer/tool.js')).consoleProducerTool,
  topics: async () => (await import('./topics/tool.js')).topicsTool,
}
