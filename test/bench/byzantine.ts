/**
 * Compares the store whose storage nodes may lie with the one whose nodes only crash: four nodes
 * each, in turns within one run. Measures throughput and latency, and the causes of the difference.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { realCryptography } from "../../impl/byzantine/cryptography.ts"
import type { Credentials } from "../../impl/byzantine/given.ts"
import { newAuthority } from "../../impl/byzantine/given.ts"
import { Keyring } from "../../impl/byzantine/keyring.ts"
import { connect, type PromisedStore } from "../../impl/client/store.ts"
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import { Installation } from "../checker/command/installation.ts"
import { World } from "../impl/byzantine/world.ts"
import { end, freePorts, launch, listening } from "./store/system.ts"

const seconds = Number(process.env.QUORATE_BENCH_SECONDS ?? 5)
const users = 32
const keys = 100
const value = "v".repeat(100)

interface Row {
  readonly perSecond: number
  readonly readMilliseconds: number
  readonly writeMilliseconds: number
}

const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((left, right) => left - right)[numbers.length >> 1] ?? Number.NaN

/** One user's latency, and what many do in a second, half of it reads. */
const measure = async (store: PromisedStore): Promise<Row> => {
  for (let key = 0; key < keys; key++) await store.put(`k${key}`, value)
  const one = async (operate: (key: string) => Promise<unknown>): Promise<number> => {
    const took: Array<number> = []
    const started = performance.now()
    for (let turn = 0; performance.now() - started < 500 * seconds; turn++) {
      const begun = performance.now()
      await operate(`k${turn % keys}`)
      took.push(performance.now() - begun)
    }
    return median(took)
  }
  const readMilliseconds = await one((key) => store.get(key))
  const writeMilliseconds = await one((key) => store.put(key, value))
  const started = performance.now()
  let done = 0
  await Promise.all(
    Array.from({ length: users }, async (_, user) => {
      for (let turn = user; performance.now() - started < 1000 * seconds; turn += users) {
        const key = `k${(turn * 7) % keys}`
        await (done % 2 === 0 ? store.get(key) : store.put(key, value))
        done += 1
      }
    })
  )
  return {
    ...{ readMilliseconds, writeMilliseconds },
    perSecond: (1000 * done) / (performance.now() - started)
  }
}

/** Four nodes, each a process. */
const run = async (installation: Installation, protocol: string): Promise<Row> => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-bench-"))
  const [port = 0] = await freePorts(1)
  const cluster = launch(process.execPath, [
    ...[installation.script, "cluster", "--protocol", protocol, "--nodes", "4"],
    ...["--data", folder, "--port", String(port)]
  ])
  try {
    await listening(port)
    const servers = `file:${join(folder, "servers")}`
    const credentials =
      protocol === "byzantine"
        ? {
            credentials: JSON.parse(
              readFileSync(join(folder, "client.json"), "utf8")
            ) as Credentials
          }
        : {}
    const store = await connect({ servers, protocol, timeoutMilliseconds: 60_000, ...credentials })
    const row = await measure(store)
    await store.close()
    return row
  } finally {
    await end(cluster)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** How long it takes to sign and to verify, in milliseconds. */
const costs = () => {
  const authority = newAuthority(new Keyring())
  const cryptography = realCryptography({
    keyring: authority.keyring,
    administrator: authority.id
  })
  const times = 500
  const contents = Array.from({ length: times }, (_, number) => ({ number, value }))
  let started = performance.now()
  const signed = contents.map((content) => cryptography.sign(authority.key, content))
  const signMilliseconds = (performance.now() - started) / times
  started = performance.now()
  const verified = signed.filter((one) => cryptography.verifies(one)).length
  if (verified !== times) throw new Error("what was signed verifies")
  return { signMilliseconds, verifyMilliseconds: (performance.now() - started) / times }
}

const write = (written: string) => ({ _tag: "Write", value: written }) as const

/** How many messages an operation takes, and of these how many are proved. */
const messagesOf = (operation: AnyOperation) => {
  const world = new World(1, ["a", "b", "c", "d"])
  const user = world.addClient("user")
  world.invoke(user, "x", write(value))
  world.run()
  const before = world.sent.length
  world.invoke(user, "x", operation)
  world.run()
  const sent = world.sent.slice(before)
  const rounds = new Set(
    sent.filter(({ from }) => from === user).map(({ message }) => message._tag)
  )
  return {
    rounds: rounds.size,
    questions: sent.filter(({ from }) => from === user).length,
    proofs: sent.filter(({ message }) => message._tag === "Proven").length
  }
}

export const byzantine = async (): Promise<void> => {
  const installation = new Installation({ scenarios: false })
  const rows = new Map<string, Row>()
  for (const protocol of ["majority", "rambo", "byzantine"])
    rows.set(protocol, await run(installation, protocol))
  installation.remove()
  console.log(["of 4 nodes ", `op/s (${users} users)`, "read ms", "write ms"].join("\t"))
  const mine = rows.get("byzantine") as Row
  for (const [protocol, row] of rows) {
    console.log(
      [
        protocol.padEnd(11),
        Math.round(row.perSecond).toString().padEnd(15),
        row.readMilliseconds.toFixed(2),
        row.writeMilliseconds.toFixed(2),
        protocol === "byzantine"
          ? ""
          : `byzantine: ${(row.perSecond / mine.perSecond).toFixed(1)} times fewer operations, reads ${(mine.readMilliseconds / row.readMilliseconds).toFixed(1)} and writes ${(mine.writeMilliseconds / row.writeMilliseconds).toFixed(1)} times as long`
      ].join("\t")
    )
  }
  const { signMilliseconds, verifyMilliseconds } = costs()
  console.log(
    `to sign takes ${(1000 * signMilliseconds).toFixed(0)} µs, to verify ${(1000 * verifyMilliseconds).toFixed(0)} µs`
  )
  for (const [name, operation, took] of [
    ["read", { _tag: "Read" }, mine.readMilliseconds],
    ["write", write("w"), mine.writeMilliseconds]
  ] as const) {
    const { rounds, questions, proofs } = messagesOf(operation)
    // On the way of an operation: in each round one node signs, and three proofs are verified.
    const signing = rounds * signMilliseconds
    const verifying = 3 * rounds * verifyMilliseconds
    const share = (milliseconds: number) => `${((100 * milliseconds) / took).toFixed(0)} %`
    console.log(
      `a ${name} takes ${rounds} rounds, ${questions} questions and ${proofs} proofs; of its ${took.toFixed(2)} ms signing is ${share(signing)}, verifying ${share(verifying)}, and the rest messages, their decoding and disks`
    )
  }
}
