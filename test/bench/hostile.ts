/**
 * A million frames of absurd content from a client with a certificate, while another client reads
 * and writes: no node must stop, grow without bound, or delay other clients.
 * `npm run bench -- hostile [FRAMES]`.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { connect, type PromisedStore } from "../../impl/client/store.ts"
import { certify, type HolderRole, makeAuthority } from "../../impl/keys/certificates.ts"
import { emptyTally, type Tally } from "../impl/hostile/hostile.ts"

const names = ["s1", "s2", "s3"]
const memoryBytes = 64 * 2 ** 20
const baselineMilliseconds = 10_000
const worker = fileURLToPath(new URL("../impl/hostile/main.ts", import.meta.url))

export const hostile = async ([given]: ReadonlyArray<string>): Promise<void> => {
  const frames = Number(given ?? 1_000_000)
  const folder = mkdtempSync(join(tmpdir(), "quorate-hostile-"))
  writeKeys(folder)
  const ports = await Promise.all(names.map(freePort))
  const directory = names.map((name, at) => `${name}=127.0.0.1:${ports[at]}`).join(",")
  const nodes = names.map((name) => startNode(name, directory, folder))
  try {
    await Promise.all(nodes.map(({ listens }) => listens))
    const keys = {
      ca: pem(folder, "authority.pem"),
      cert: pem(folder, "client.pem"),
      key: pem(folder, "client.key")
    }
    const store = await connect({ servers: directory, keys, timeoutMilliseconds: 30_000 })
    const before = await measured(
      store,
      new Promise((resolve) => setTimeout(resolve, baselineMilliseconds))
    )
    const started = performance.now()
    const attacks = Promise.all(
      names.map((name, at) =>
        attack(name, ports[at] as number, folder, Math.ceil(frames / names.length), at + 1)
      )
    )
    const during = await measured(store, attacks)
    const seconds = (performance.now() - started) / 1000
    const tally = (await attacks).reduce(sum, emptyTally())
    await store.close()
    console.log(
      `${tally.frames} frames, ${(tally.bytes / 2 ** 20).toFixed(0)} MiB, in ${seconds.toFixed(0)} s: ${tally.answered} posts answered, ${tally.declined} declined; ${tally.refused} connections ended with a reason, ${tally.broken} without`
    )
    console.log("of a put and a get of another client\tpairs\tfailed\tp50 ms\tp99 ms\tlongest ms")
    for (const [when, { milliseconds, failed }] of [
      ["before", before],
      ["meanwhile", during]
    ] as const) {
      const at = (share: number) =>
        (milliseconds[Math.floor(share * (milliseconds.length - 1))] ?? 0).toFixed(1)
      console.log(`${when}\t${milliseconds.length}\t${failed}\t${at(0.5)}\t${at(0.99)}\t${at(1)}`)
    }
    console.log("node\tMiB at the beginning\tMiB at most\talive")
    for (const { name, child, memory } of nodes)
      console.log(
        `${name}\t${memory[0]?.toFixed(0)}\t${Math.max(...memory).toFixed(0)}\t${child.exitCode === null}`
      )
    const isWell =
      // Frames that reach nobody say nothing.
      tally.answered > 0 &&
      tally.declined > 0 &&
      tally.broken === 0 &&
      before.failed === 0 &&
      during.failed === 0 &&
      nodes.every(({ child }) => child.exitCode === null)
    process.exitCode = isWell ? 0 : 1
  } finally {
    for (const { child } of nodes) child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

const sum = (left: Tally, right: Tally): Tally => ({
  frames: left.frames + right.frames,
  bytes: left.bytes + right.bytes,
  answered: left.answered + right.answered,
  declined: left.declined + right.declined,
  refused: left.refused + right.refused,
  broken: left.broken + right.broken
})

/**
 * Puts and gets, one after the other, until a promise resolves; returns the duration of each pair,
 * in order.
 */
const measured = async (store: PromisedStore, over: Promise<unknown>) => {
  const milliseconds: Array<number> = []
  let failed = 0
  let isOver = false
  void over.finally(() => (isOver = true)).catch(() => undefined)
  for (let count = 0; !isOver; count++) {
    const began = performance.now()
    await store
      .put("of others", String(count))
      .then(() => store.get("of others"))
      .then((value) => {
        if (Buffer.from(value ?? []).toString() !== String(count)) failed += 1
      })
      .catch(() => (failed += 1))
    milliseconds.push(performance.now() - began)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { milliseconds: milliseconds.sort((left, right) => left - right), failed }
}

const pem = (folder: string, file: string): string => readFileSync(join(folder, file), "utf8")

const writeKeys = (folder: string): void => {
  const now = new Date()
  const authority = makeAuthority(1, now)
  writeFileSync(join(folder, "authority.pem"), authority.certificate)
  const roles: ReadonlyArray<readonly [string, HolderRole]> = [
    ...names.map((name) => [name, "node"] as const),
    ["client", "client"],
    ["mallory", "client"]
  ]
  for (const [name, role] of roles) {
    const { certificate, key } = certify(authority.key, name, role, 1, now)
    writeFileSync(join(folder, `${name}.pem`), certificate)
    writeFileSync(join(folder, `${name}.key`), key)
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number }
      server.close(() => resolve(port))
    })
  })

/** A node, with its memory in MiB, sampled each second. */
const startNode = (name: string, directory: string, folder: string) => {
  const words = [
    "node",
    "--name",
    name,
    "--servers",
    directory,
    "--data",
    join(folder, name),
    "--keys",
    folder,
    "--begin"
  ]
  const child: ChildProcess = spawn(
    process.execPath,
    [".build/quorate.js", ...words, "--memory-bytes", String(memoryBytes)],
    { stdio: ["ignore", "pipe", "ignore"] }
  )
  const memory: Array<number> = []
  const listens = new Promise<void>((resolve, reject) => {
    child.stdout?.once("data", () => {
      memory.push(residentMebibytes(child))
      resolve()
    })
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)))
  })
  const timer = setInterval(() => {
    if (child.exitCode === null) memory.push(residentMebibytes(child))
  }, 1000)
  child.once("exit", () => clearInterval(timer))
  return { name, child, memory, listens }
}

const residentMebibytes = ({ pid }: ChildProcess): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024

/**
 * Another process attacks this node. It comes after the nodes where both want a processor: on a
 * machine of its own it would take none of theirs.
 */
const attack = (
  name: string,
  port: number,
  folder: string,
  frames: number,
  seed: number
): Promise<Tally> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      "nice",
      [
        "-n",
        "10",
        process.execPath,
        ...process.execArgv,
        worker,
        String(port),
        folder,
        String(frames),
        String(seed)
      ],
      { stdio: ["ignore", "pipe", "inherit"] }
    )
    let said = ""
    child.stdout.on("data", (text) => (said += text))
    child.once("exit", () => {
      try {
        resolve(JSON.parse(said) as Tally)
      } catch {
        reject(new Error(`the attack on ${name} ended early: ${said}`))
      }
    })
  })
