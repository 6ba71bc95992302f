import type { Effects, Write } from '../coordination/effects.js'

/** `join` ends the waiting for members, `sync` that for their SyncGroup, `session` a member that is not heard of. */
export interface TimerId {
  readonly kind: 'join' | 'sync' | 'session'
  readonly groupId: string
  /** Empty where the timer is the group's. */
  readonly memberId: string
}

export type GroupEffects = Effects<TimerId>
export type GroupWrite = Write<TimerId>

export const joinTimer = (groupId: string): TimerId => ({ kind: 'join', groupId, memberId: '' })
export const syncTimer = (groupId: string): TimerId => ({ kind: 'sync', groupId, memberId: '' })
export const sessionTimer = (groupId: string, memberId: string): TimerId => ({ kind: 'session', groupId, memberId })
