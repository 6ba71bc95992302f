import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KlogHome } from '../support/klog-home.js'

let home: KlogHome
beforeEach(async () => {
  home = await KlogHome.make()
})
afterEach(() => home.dispose())

/** What people set for Java's sake is of no consequence here. */
const forJava = {
  KAFKA_HEAP_OPTS: '-Xmx256M',
  KAFKA_OPTS: '-Djava.awt.headless=true',
  KAFKA_JVM_PERFORMANCE_OPTS: '-server',
}

const run = (name: string, args: string[]) =>
  execa(join(home.directory, 'bin', name), args, {
    ...{ reject: false, cwd: home.directory },
    env: { ...home.env, ...forJava },
  })

test('course notes run word for word once the scripts are written', async () => {
  const written = await home.klog(['shims'])
  expect(written).toMatchObject({ exitCode: 0 })
  expect(`${written.stdout}`).toContain(`export PATH="${join(home.directory, 'bin')}:$PATH"`)
  expect(await run('kafka-server-start.sh', [])).toMatchObject({ exitCode: 1 })
  expect(await run('kafka-server-start.sh', ['-daemon', 'server.properties'])).toMatchObject({ exitCode: 0 })
  const create = ['--bootstrap-server', `localhost:${home.port}`, '--create', '--topic', 'ab']
  expect(await run('kafka-topics.sh', create)).toMatchObject({ stdout: 'Created topic ab.' })
  expect(await run('kafka-topics', ['--list'])).toMatchObject({ stdout: 'ab' })
  expect(await run('kafka-server-stop', [])).toMatchObject({ exitCode: 0 })
  expect(await home.klog(['broker', 'status'])).toMatchObject({ exitCode: 1 })
  expect(await home.klog(['shims', '--remove'])).toMatchObject({ exitCode: 0 })
  await expect(run('kafka-topics', ['--list'])).resolves.toMatchObject({ code: 'ENOENT' })
})
