import { mkdirSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { end, freePorts, isInstalled, launch, listening, type System } from "./system.ts"

/** One connection, one request at a time, as in most clients of a pool. */
export class Connection {
  private readonly socket: Socket
  private waiting: ((reply: string) => void) | undefined
  private held = ""

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1").setNoDelay(true).setEncoding("latin1")
    this.socket.on("error", () => undefined)
    this.socket.on("data", (text: string) => {
      this.held += text
      if (!isWhole(this.held)) return
      const reply = this.held
      this.held = ""
      this.waiting?.(reply)
    })
  }

  ask(...words: ReadonlyArray<string>): Promise<string> {
    return new Promise((resolve) => {
      this.waiting = resolve
      this.socket.write(
        `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`
      )
    })
  }

  end(): void {
    this.socket.destroy()
  }
}

const isWhole = (reply: string): boolean => {
  const line = reply.indexOf("\r\n")
  if (line < 0) return false
  const length = reply.startsWith("$") ? Number(reply.slice(1, line)) : -1
  return length < 0 || reply.length >= line + 2 + length + 2
}

export const redis: System = {
  name: "redis",
  about: "1 node, appendfsync always: no replication, so no node can be lost",
  isPresent: () => isInstalled("redis-server"),
  start: async (folder) => {
    const [port = 0] = await freePorts(1)
    const given = [
      "--port",
      `${port}`,
      "--dir",
      folder,
      "--appendonly",
      "yes",
      "--appendfsync",
      "always",
      "--save",
      ""
    ]
    mkdirSync(folder)
    const node = launch("redis-server", given)
    await listening(port)
    const idle: Array<Connection> = []
    const all: Array<Connection> = []
    const use = async (...words: ReadonlyArray<string>): Promise<void> => {
      const connection = idle.pop() ?? new Connection(port)
      if (!all.includes(connection)) all.push(connection)
      await connection.ask(...words)
      idle.push(connection)
    }
    return {
      processes: [node],
      read: (key) => use("GET", key),
      write: (key, value) => use("SET", key, value),
      killOne: undefined,
      replaceOne: undefined,
      stop: async () => {
        for (const connection of all) connection.end()
        await end(node)
      }
    }
  }
}
