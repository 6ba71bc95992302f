import type { FramedConnection } from './connection.js'

/** Holds connections that come before anybody can serve them; what they have to say waits in the kernel. */
export class Gate {
  #waiting: FramedConnection[] = []
  #serve: ((connection: FramedConnection) => void) | null = null

  take(connection: FramedConnection): void {
    if (this.#serve !== null) this.#serve(connection)
    else this.#waiting.push(connection)
  }

  /** From here on `serve` gets every connection, those that wait first. */
  open(serve: (connection: FramedConnection) => void): void {
    this.#serve = serve
    for (const connection of this.#waiting.splice(0)) {
      serve(connection)
      connection.onProgress()
    }
  }
}
