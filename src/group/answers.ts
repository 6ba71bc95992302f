import type { ErrorCode } from '../protocol/errors.js'

export interface JoinAnswer {
  readonly errorCode: ErrorCode
  /** -1 with an error. */
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leader: string
  /** The leader is to keep the assignment that there is. */
  readonly skipAssignment: boolean
  readonly memberId: string
  /** Empty for everyone but the leader. */
  readonly members: readonly JoinedMember[]
}

export interface JoinedMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  /** For the chosen protocol. */
  readonly metadata: Buffer
}

export interface SyncAnswer {
  readonly errorCode: ErrorCode
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignment: Buffer
}

export interface LeaveAnswer {
  readonly errorCode: ErrorCode
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly errorCode: ErrorCode
  }[]
}

export const NO_BYTES = Buffer.alloc(0)

export function joinRefusal(errorCode: ErrorCode, memberId: string): JoinAnswer {
  return {
    errorCode,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    skipAssignment: false,
    memberId,
    members: [],
  }
}

export function syncRefusal(errorCode: ErrorCode): SyncAnswer {
  return { errorCode, protocolType: null, protocolName: null, assignment: NO_BYTES }
}
