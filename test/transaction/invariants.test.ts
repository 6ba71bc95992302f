import { expect, test } from 'vitest'
import { stateRecord } from '../../src/transaction/records.js'
import { newTransaction } from '../../src/transaction/transaction.js'
import { seededRandom } from '../support/seeded-random.js'
import { ModelProducer } from './model-producer.js'
import { ModelWorld } from './model-world.js'

const SEEDS = 50
const STEPS = 600

test.each([0, 1, 2])(
  'whatever happens, one producer is alive, a decision stands, and reaches every partition (transaction.version %i)',
  (transactionVersion) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      try {
        live(seed, transactionVersion)
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error })
      }
    }
  },
)

function live(seed: number, transactionVersion: number): void {
  const config = { timeoutMsMax: 2000, idExpirationMs: 100_000, isTwoPhaseCommitEnabled: false, transactionVersion }
  const world = new ModelWorld(seededRandom(seed), config)
  const { random } = world
  const isNearTheLastEpoch = seed % 3 === 0
  if (isNearTheLastEpoch) beginLate(world, 'x', 32_750)
  const granted = new Map<string, string>()
  // Of one id all speak the same protocol: where they do not, Kafka can take one for the other (see the transcripts).
  const isVersion2 = {
    x: transactionVersion >= 2 && random.int(4) > 0,
    y: transactionVersion >= 2 && random.int(2) > 0,
  }
  const producers = (['x', 'x', 'y'] as const).map((id, index) => {
    return new ModelProducer(`p${index}`, id, isVersion2[id], world, granted)
  })
  for (let step = 0; step < STEPS; step++) {
    if (random.int(3) > 0) world.step()
    else producers[random.int(producers.length)]!.step()
  }
  world.comeToRest()
  for (const { name, attempts } of producers) {
    for (const { items, told } of attempts) {
      const outcomes = new Set(items.map(({ outcome }) => outcome))
      expect(outcomes.size, `a transaction of ${name} ends in one way`).toBeLessThanOrEqual(1)
      if (told !== null && items.length > 0) expect([...outcomes], `what ${name} was told`).toEqual([told])
    }
  }
}

/** As after tens of thousands of transactions. */
function beginLate(world: ModelWorld, transactionalId: string, producerEpoch: number): void {
  const { standing } = newTransaction(transactionalId, 1n, 1000, 0)
  world.log.append([stateRecord(transactionalId, { ...standing, producerEpoch }, world.config.transactionVersion)])
  world.restart()
}
