import type { Writer } from '../bytes/writer.js'
import { fieldCodec, structCodec, writeTags } from './closures.js'
import type { FieldPlan, StructPlan } from './plan.js'
import { refuseUnlessDefault, writeCount } from './values.js'

type Struct = Record<string, unknown>
type WriteSteps = (writer: Writer, value: unknown) => Generator<undefined, void, undefined>

/** Writes what `structCodec` does, and stops after each element of a list of structs: others may have their turn there. */
export function structSteps(plan: StructPlan): WriteSteps {
  const fields = plan.plain.map((field) => ({ field, write: fieldCodec(field).write, steps: listSteps(field) }))
  const tagged = plan.tagged.map(fieldCodec)
  return function* (writer, value) {
    const given = value as Struct
    for (const field of plan.refused) refuseUnlessDefault(field, given[field.name])
    for (const { field, write, steps } of fields) {
      const part = given[field.name] === undefined ? field.fallback() : given[field.name]
      if (steps === null || part === null) write(writer, part)
      else yield* steps(writer, part)
    }
    if (plan.isFlexible) writeTags(writer, tagged, given)
  }
}

/** Null for what is written at once. */
function listSteps(field: FieldPlan): WriteSteps | null {
  if (field.kind !== 'array' || field.struct === null) return null
  const element = field.struct
  const hasLists = element.plain.some(({ kind, struct }) => kind === 'array' && struct !== null)
  const steps = hasLists ? structSteps(element) : null
  const { write } = structCodec(element)
  return function* (writer, value) {
    const list = value as readonly unknown[]
    writeCount(writer, field, list)
    for (const one of list) {
      if (steps === null) write(writer, one)
      else yield* steps(writer, one)
      yield
    }
  }
}
