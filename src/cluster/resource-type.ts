/** What a config belongs to, by Kafka's numbers. */
export const ResourceType = { TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const
export type ResourceType = number

/** The broker configs that hold for every broker that has none of its own. */
export const ALL_BROKERS = ''
