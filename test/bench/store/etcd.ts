/**
 * A client for etcd's own protocol (gRPC), with only the two calls that the bench needs.
 */
import { execFile } from "node:child_process"
import { type ClientHttp2Session, connect } from "node:http2"
import { join } from "node:path"
import { promisify } from "node:util"
import { end, freePorts, isInstalled, launch, listening, type System } from "./system.ts"

const run = promisify(execFile)

/** How long a change of the members is asked for. */
const maxChangeMilliseconds = 120_000

/** A protobuf field of bytes, shorter than 16 KiB. */
const field = (number: number, text: string): Buffer => {
  const bytes = Buffer.from(text)
  const length =
    bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7]
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes])
}

/** A unary call; rejects if the server reports an error, or does not answer in time. */
const call = (session: ClientHttp2Session, method: string, message: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": `/etcdserverpb.${method}`,
      "content-type": "application/grpc",
      te: "trailers"
    })
    const chunks: Array<Buffer> = []
    let status = "0"
    const late = setTimeout(() => stream.close(), 1000)
    stream.on("response", (headers) => {
      status = String(headers["grpc-status"] ?? "0")
    })
    stream.on("trailers", (headers) => {
      status = String(headers["grpc-status"] ?? status)
    })
    stream.on("data", (chunk: Buffer) => chunks.push(chunk))
    stream.on("error", reject)
    stream.on("close", () => {
      clearTimeout(late)
      const reply = Buffer.concat(chunks)
      if (status === "0" && reply.length > 0) resolve(reply)
      else reject(new Error(`etcd: status ${status}`))
    })
    const head = Buffer.alloc(5)
    head.writeUInt32BE(message.length, 1)
    stream.end(Buffer.concat([head, message]))
  })

export const etcd: System = {
  name: "etcd",
  about: "3 nodes, each write synced at a majority; linearizable reads",
  isPresent: () => isInstalled("etcd"),
  start: async (folder) => {
    const names = ["e1", "e2", "e3", "e4"]
    const ports = await freePorts(8)
    const [clientUrls, peerUrls] = [0, 4].map((from) =>
      names.map((_, index) => `http://127.0.0.1:${ports[from + index]}`)
    ) as [Array<string>, Array<string>]
    /** Starts a node of a cluster with these members. */
    const startNode = (index: number, members: number, state: "new" | "existing") => {
      const name = names[index] as string
      const flags = {
        name,
        "data-dir": join(folder, name),
        "initial-cluster": names
          .slice(0, members)
          .map((one, at) => `${one}=${peerUrls[at]}`)
          .join(","),
        "initial-cluster-state": state,
        "log-level": "error",
        "listen-client-urls": clientUrls[index] as string,
        "advertise-client-urls": clientUrls[index] as string,
        "listen-peer-urls": peerUrls[index] as string,
        "initial-advertise-peer-urls": peerUrls[index] as string
      }
      return launch(
        "etcd",
        Object.entries(flags).flatMap(([flag, given]) => [`--${flag}`, given])
      )
    }
    const nodes = [0, 1, 2].map((index) => startNode(index, 3, "new"))
    await Promise.all(ports.slice(0, 3).map(listening))
    const sessions = clientUrls.slice(0, 3).map((url) => connect(url).on("error", () => undefined))
    let next = 0
    /** Asks the nodes in turn; the next attempt skips a node that did not answer. */
    const ask = async (method: string, message: Buffer): Promise<Buffer> => {
      for (let attempt = 0; ; attempt++) {
        const session = sessions[next++ % sessions.length] as ClientHttp2Session
        try {
          if (!session.closed && !session.destroyed) return await call(session, method, message)
        } catch (error) {
          if (attempt > 200) throw error
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    }
    const control = async (...words: ReadonlyArray<string>): Promise<string> =>
      (await run("etcdctl", [`--endpoints=${clientUrls[1]},${clientUrls[2]}`, ...words])).stdout
    const members = (): Promise<string> => control("member", "list")
    /**
     * Asks until etcd agrees: a young cluster adds no member, and a learner has to learn first. A
     * change whose answer was lost is not asked for again.
     */
    const insistent = async (
      isDone: (members: string) => boolean,
      change: (members: string) => Promise<unknown>
    ): Promise<void> => {
      const begun = performance.now()
      for (;;) {
        try {
          const now = await members()
          if (isDone(now)) return
          await change(now)
        } catch (error) {
          if (performance.now() - begun > maxChangeMilliseconds) throw error
        }
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    /** Its line in the list: identity, status, name, addresses, and whether it is a learner. */
    const lineOf = (name: string, listed: string): string | undefined =>
      listed.split("\n").find((line) => line.includes(`, ${name}, `))
    const idOf = (name: string, listed: string): string => lineOf(name, listed)?.split(",")[0] ?? ""
    /** The new node learns all data first; etcd refuses to promote it before. */
    const replaceOne = async (): Promise<void> => {
      const peer = `${peerUrls[3]}`
      await insistent(
        (listed) => listed.includes(peer),
        () => control("member", "add", "e4", "--learner", `--peer-urls=${peer}`)
      )
      nodes.push(startNode(3, 4, "existing"))
      await listening(ports[3] as number)
      await insistent(
        (listed) => lineOf("e4", listed)?.endsWith("false") === true,
        (listed) => control("member", "promote", idOf("e4", listed))
      )
      await insistent(
        (listed) => lineOf("e1", listed) === undefined,
        (listed) => control("member", "remove", idOf("e1", listed))
      )
    }
    const isLeader = async (index: number): Promise<boolean> => {
      const reply = await call(
        sessions[index] as ClientHttp2Session,
        "Maintenance/Status",
        Buffer.alloc(0)
      )
      // Status: header (1) with member_id (2), leader (4).
      const idOf = (bytes: Buffer, tag: number): string | undefined => {
        const at = bytes.indexOf(tag)
        return at < 0 ? undefined : bytes.subarray(at + 1, at + 10).toString("hex")
      }
      const headerLength = reply[6] as number
      const member = idOf(reply.subarray(7, 7 + headerLength), 0x10)
      const leader = idOf(reply.subarray(7 + headerLength), 0x20)
      return member !== undefined && member === leader
    }
    // The first operations wait for the election.
    await ask("KV/Put", Buffer.concat([field(1, "warm"), field(2, "up")]))
    return {
      processes: nodes,
      read: (key) => ask("KV/Range", field(1, key)),
      write: (key, value) => ask("KV/Put", Buffer.concat([field(1, key), field(2, value)])),
      killOne: async () => {
        const leads = await Promise.all(
          [0, 1, 2].map((index) => isLeader(index).catch(() => false))
        )
        await end(nodes[Math.max(0, leads.indexOf(true))] as (typeof nodes)[number])
      },
      replaceOne,
      stop: async () => {
        for (const session of sessions) session.destroy()
        await Promise.all(nodes.map(end))
      }
    }
  }
}
