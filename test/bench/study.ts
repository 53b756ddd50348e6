/**
 * The study that the tutorial reports of at the end of section 6: what concurrent reconfigurations cost, in message
 * delays, without consensus; and with consensus, where that protocol is built.
 *
 * Seven storage nodes; a reader, a writer, and from none to five clients that each add one node, all at about the same
 * time. A row is the mean over many seeded runs. The table is printed, and drawn as an SVG plot.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { draw, fraction } from "../../checker/walk/random.ts"
import { majority } from "../../spec/configuration/configuration.ts"
import { dynastore } from "../../spec/dynastore/protocol.ts"
import { client, servers } from "../../spec/kernel/node.ts"
import type { AnyProtocol } from "../../spec/kernel/protocol.ts"
import type { Operation } from "../../spec/register/operation.ts"
import { latenciesOf, type Script, simulate } from "./simulation.ts"

const members = servers("s1", "s2", "s3", "s4", "s5", "s6", "s7")
const spares = servers("n1", "n2", "n3", "n4", "n5")
const mostReconfigurations = spares.length
const kinds = ["Read", "Write", "Reconfigure"] as const
type Kind = (typeof kinds)[number]

export interface Row {
  readonly protocol: string
  readonly reconfigurations: number
  /** Mean latency per kind of operation, in message delays; undefined if there was none. */
  readonly mean: Readonly<Record<Kind, number | undefined>>
  /** How many operations did not end. */
  readonly pending: number
}

const scriptsOf = (seed: number, reconfigurations: number): ReadonlyArray<Script> => {
  const operations: ReadonlyArray<Operation> = [
    { _tag: "Read" },
    { _tag: "Write", value: 1 },
    ...spares
      .slice(0, reconfigurations)
      .map((spare): Operation => ({ _tag: "Reconfigure", add: [spare], remove: [] }))
  ]
  return operations.map((operation, index) => ({
    client: client(`c${index + 1}`),
    // Within the first message delay, so that nobody is always the first.
    at: fraction(draw(seed, index, "when a client begins")),
    operations: [operation]
  }))
}

/** The mean latencies of this many runs. */
export const rowOf = (protocol: AnyProtocol, reconfigurations: number, runs: number): Row => {
  const sums = new Map<Kind, { readonly total: number; readonly count: number }>()
  let pending = 0
  for (let seed = 1; seed <= runs; seed++) {
    const scripts = scriptsOf(seed, reconfigurations)
    const setup = {
      servers: [...members, ...spares].sort(),
      clients: scripts.map((script) => script.client),
      configuration: majority(members),
      variant: protocol.variants[0].name
    }
    const latencies = latenciesOf(simulate(protocol, setup, scripts, seed))
    pending += scripts.length - latencies.length
    for (const { operation, delays } of latencies) {
      const kind = operation._tag as Kind
      const { total, count } = sums.get(kind) ?? { total: 0, count: 0 }
      sums.set(kind, { total: total + delays, count: count + 1 })
    }
  }
  const meanOf = (kind: Kind): number | undefined => {
    const sum = sums.get(kind)
    return sum && sum.total / sum.count
  }
  return {
    protocol: protocol.name,
    reconfigurations,
    mean: { Read: meanOf("Read"), Write: meanOf("Write"), Reconfigure: meanOf("Reconfigure") },
    pending
  }
}

const counts = Array.from({ length: mostReconfigurations + 1 }, (_, count) => count)

export const table = (rows: ReadonlyArray<Row>): string => {
  const cells = rows.map(({ mean, pending, protocol, reconfigurations }) => [
    protocol,
    String(reconfigurations),
    ...kinds.map((kind) => mean[kind]?.toFixed(1) ?? "-"),
    String(pending)
  ])
  const head = ["protocol", "reconfigurations", "read", "write", "reconfigure", "not ended"]
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0))
  )
  return [head, ...cells]
    .map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "))
    .join("\n")
}

const size = { width: 640, height: 400, margin: 48 }
const colours: Readonly<Record<Kind, string>> = { Read: "#1b6ca8", Write: "#c0392b", Reconfigure: "#2e8b57" }

/** The table as a plot: a line per protocol and kind of operation; the second protocol's lines are dashed. */
export const plot = (rows: ReadonlyArray<Row>): string => {
  const { width, height, margin } = size
  const most = Math.max(...rows.flatMap(({ mean }) => kinds.map((kind) => mean[kind] ?? 0)))
  const top = Math.ceil(most / 10) * 10
  const x = (count: number): number => margin + (count * (width - 2 * margin)) / mostReconfigurations
  const y = (delays: number): number => height - margin - (delays * (height - 2 * margin)) / top
  const names = [...new Set(rows.map(({ protocol }) => protocol))]
  const lines = names.flatMap((name, index) =>
    kinds.map((kind) => {
      const points = rows
        .filter(({ mean, protocol }) => protocol === name && mean[kind] !== undefined)
        .map(({ mean, reconfigurations }) => [x(reconfigurations), y(mean[kind] ?? 0)] as const)
      const dash = index === 0 ? "" : ' stroke-dasharray="6 4"'
      const path = points.map((point) => point.map((one) => one.toFixed(1)).join(",")).join(" ")
      const [endX, endY] = points.at(-1) ?? [0, 0]
      return [
        `<polyline fill="none" stroke="${colours[kind]}" stroke-width="2"${dash} points="${path}"/>`,
        `<text x="${endX - 4}" y="${endY - 6}" text-anchor="end" fill="${colours[kind]}">${name}: ${kind.toLowerCase()}</text>`
      ].join("\n")
    })
  )
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(share * top)
    const line = `<line x1="${margin}" x2="${width - margin}" y1="${at}" y2="${at}" stroke="#ddd"/>`
    return `${line}<text x="${margin - 6}" y="${at + 4}" text-anchor="end">${(share * top).toFixed(0)}</text>`
  })
  const axis = counts.map(
    (count) => `<text x="${x(count)}" y="${height - margin + 18}" text-anchor="middle">${count}</text>`
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<text x="${width / 2}" y="20" text-anchor="middle">Mean latency in message delays, by concurrent reconfigurations</text>`,
    ...grid,
    ...axis,
    ...lines,
    "</svg>"
  ].join("\n")
}

export const study = (): void => {
  const runs = 60
  const rows = [dynastore as AnyProtocol].flatMap((protocol) =>
    counts.map((count) => rowOf(protocol, count, runs))
  )
  mkdirSync(".build", { recursive: true })
  writeFileSync(".build/study.svg", plot(rows))
  console.log(
    `mean latency in message delays, over ${runs} runs each\n${table(rows)}\nplot: .build/study.svg`
  )
}
