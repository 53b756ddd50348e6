/**
 * Recorded runs are runs of the specification; a recording with anything changed in it is not.
 */
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { runnableNamed } from "../../../impl/protocols.ts"
import { Line, witnessTo } from "../../../impl/replay/recording.ts"
import { Replay } from "../../../impl/replay/replay.ts"
import { defaultPlan, type Plan } from "../../../impl/simulator/plan.ts"
import { Simulation } from "../../../impl/simulator/simulation.ts"

import { nodeId } from "../node-id.ts"

const decode = Schema.decodeUnknownSync(Line)

const recorded = (more: Partial<Plan> = {}, name = "majority"): ReadonlyArray<Line> => {
  const lines: Array<Line> = []
  const plan = { ...defaultPlan, seed: 3, operations: 150, faultMilliseconds: 4000, ...more }
  const { variant } = plan
  const witness = witnessTo({ ...runnableNamed(name), variant }, (line) =>
    lines.push(decode(JSON.parse(line)))
  )
  new Simulation(plan, runnableNamed(name), witness).run()
  return lines
}

const replayed = (lines: ReadonlyArray<Line>) => {
  const replay = new Replay(runnableNamed)
  for (const [index, line] of lines.entries())
    if (line._tag !== "Stopped") replay.take(index + 1, line)
  return replay.result()
}

describe("a recording", () => {
  it("of any simulated run is a run of the specification", () => {
    for (let seed = 1; seed <= 5; seed++) {
      const result = replayed(recorded({ seed }))
      expect(result).toMatchObject({ departure: undefined, unattributed: 0 })
      expect(result.steps).toBeGreaterThan(500)
    }
    expect(replayed(recorded()).restarts).toBeGreaterThan(0)
  })

  it("of reconfigurations under load is one, and is not with a register left out of the transfer", () => {
    const plan = { spares: 2, reconfigurations: 3 }
    const restarts = [1, 2, 3].map((seed) => {
      const result = replayed(recorded({ ...plan, seed }, "rambo"))
      // Hints come from the directory, which is not recorded.
      expect(result.departure).toBeUndefined()
      return result.restarts
    })
    expect(Math.max(...restarts)).toBeGreaterThan(0)
    const lines = recorded({ ...plan, seed: 1 }, "rambo")
    const listing = lines.findIndex(
      (line) =>
        line._tag === "Taken" &&
        line.sends.some(({ message }) => (message as { _tag: string })._tag === "Listing")
    )
    const taken = lines[listing] as Extract<Line, { _tag: "Taken" }>
    const sends = taken.sends.map(({ to, message }) => ({
      to,
      message: { ...(message as object), registers: [], isLast: true }
    }))
    expect(replayed(lines.with(listing, { ...taken, sends })).departure).toMatchObject({
      line: listing + 1
    })
  })

  it("of keys that were erased is one, and is not with a signature of another, or of something else", () => {
    const plan = {
      ...{ servers: 4, spares: 4, reconfigurations: 1, liars: 0, clients: 2, seed: 1 },
      ...{ operations: 20, faultMilliseconds: 1500, variant: "correct" }
    }
    const lines = recorded(plan, "byzantine")
    const result = replayed(lines)
    expect(result.departure).toBeUndefined()
    expect(result.steps).toBeGreaterThan(200)
    // It names secrets, and has none.
    const named = [...JSON.stringify(lines).matchAll(/"secret":"([^"]*)"/g)]
    expect(named.length).toBeGreaterThan(10)
    expect(named.every(([, handle]) => /^k[\w-]{32}$/.test(handle ?? ""))).toBe(true)
    const places = lines.flatMap((line, index) =>
      JSON.stringify(line).includes('"signature"') &&
      line._tag === "Taken" &&
      line.input._tag !== "Invoke" &&
      line.sends.length > 0
        ? [index]
        : []
    )
    for (const [sign, role] of [
      ["Proven", "s"],
      ["Set", "c"]
    ] as const) {
      const place = places.find((index) => {
        const line = lines[index] as Extract<Line, { _tag: "Taken" }>
        const tags = line.sends.map(({ message }) => (message as { _tag: string })._tag)
        return tags.includes(sign) && line.node.startsWith(role)
      }) as number
      const line = lines[place] as Extract<Line, { _tag: "Taken" }>
      const sends = JSON.parse(
        JSON.stringify(line.sends).replaceAll(/"signature":"(.)/g, (_, first) =>
          first === "A" ? '"signature":"B' : '"signature":"A'
        )
      )
      expect(replayed(lines.with(place, { ...line, sends })).departure).toMatchObject({
        line: place + 1,
        node: line.node
      })
    }
  })

  it("with a message that was not sent, or a state that was not reached, is not", () => {
    const lines = recorded()
    const sets = lines.findIndex(
      (line) => line._tag === "Taken" && line.change !== null && line.node.startsWith("s")
    )
    const set = lines[sets] as Extract<Line, { _tag: "Taken" }>
    const pair = { value: "forged", timestamp: { number: 9, client: "c1/1" } }
    const forgedState = lines.with(sets, { ...set, change: { own: { pair } } })
    expect(replayed(forgedState).departure).toMatchObject({ line: sets + 1, node: set.node })
    const input = {
      _tag: "Receive" as const,
      from: nodeId("c1/1"),
      message: { _tag: "Set", operation: 77, pair }
    }
    const sends = [{ to: nodeId("c1/1"), message: { _tag: "SetReply", operation: 77 } }]
    const forged: Line = {
      ...set,
      key: "new",
      input,
      change: { own: { pair } },
      sends,
      observations: []
    }
    expect(replayed([...lines, forged]).departure?.reason).toBe(
      "received a message that was never sent"
    )
    expect(replayed(lines.toSpliced(sets, 1)).departure).toBeDefined()
  })

  it("of disks that lie shows that a process forgot steps that others had seen", () => {
    // Of the first twelve seeds these two do, and 5 and 9.
    const departures = [1, 3].map(
      (seed) => replayed(recorded({ seed, lyingDisks: true })).departure
    )
    expect(departures.some((departure) => departure !== undefined)).toBe(true)
  })
})
