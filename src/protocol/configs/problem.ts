/** Why configs are refused: the error's name and Kafka's words. */
export interface ConfigProblem {
  readonly error: 'INVALID_CONFIG' | 'INVALID_REQUEST'
  readonly message: string
}

export const invalidConfig = (message: string): ConfigProblem => ({ error: 'INVALID_CONFIG', message })
export const invalidRequest = (message: string): ConfigProblem => ({ error: 'INVALID_REQUEST', message })
