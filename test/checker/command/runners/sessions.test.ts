/**
 * Runners that serve a search over real connections, all in this process: what they come to, who is
 * let in, and what happens when one of them is lost or speaks nonsense.
 */
import { randomUUID } from "node:crypto"
import { endianness } from "node:os"
import * as Result from "effect/Result"
import { afterEach, describe, expect, it } from "vitest"
import { Check } from "../../../../checker/check.ts"
import { Fleet, RunnerLost } from "../../../../checker/command/runners/fleet.ts"
import { serveSearches } from "../../../../checker/command/runners/host.ts"
import { type Link, linkTo, type Place, textOf } from "../../../../checker/command/runners/link.ts"
import { readScenario } from "../../../../checker/command/shipped.ts"
import { allReductions } from "../../../../checker/network/reductions.ts"
import { ParallelCheck } from "../../../../checker/parallel/parallel-check.ts"
import { load } from "../../../../checker/scenario/load.ts"

const secret = "a secret that only the runners of these tests know"
const version = "1.2.3"
const closing: Array<() => void> = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const serve = async () => {
  const serving = await serveSearches({
    ...{ place: { host: "127.0.0.1", port: 0 }, secret, version },
    say: () => undefined
  })
  closing.push(serving.close)
  return serving
}

const name = "majority/mutants/timestamp-without-client"
const text = Result.getOrThrow(readScenario(name))
const scenario = Result.getOrThrow(load(name, text))

const gather = async (runners: ReadonlyArray<Place>, given = {}) => {
  const searched = { name, text, keeping: "states" as const }
  const fleet = await Fleet.gather({ ...{ runners, secret, version, searched }, ...given })
  closing.push(() => fleet.close())
  return fleet
}

const checkOn = (fleet: Fleet) =>
  new ParallelCheck(scenario, allReductions, {}, ({ reductions }) => fleet.start(reductions))

/** The error with which a search ends. */
const lossOf = async (search: Promise<unknown>): Promise<RunnerLost> => {
  const error = await search.then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(RunnerLost)
  return error as RunnerLost
}

const ended = (link: Link): Promise<string> => new Promise((resolve) => link.whenEnded(resolve))

describe("runners over connections", () => {
  it("come to what one worker comes to, search after search", async () => {
    const one = new Check(scenario, "bfs", allReductions)
    while (one.advance(1_000));
    const expected = one.result()
    const serving = [await serve(), await serve()]
    for (const runners of [serving, serving.toReversed()]) {
      const fleet = await gather(runners.map(({ place }) => place))
      const check = checkOn(fleet)
      while (await check.advance());
      const { counts, properties } = await check.result()
      expect(counts).toEqual(expected.counts)
      expect(properties).toEqual(expected.properties)
      expect(fleet.traffic.sentParcels).toBeGreaterThan(0)
      fleet.close()
    }
  })

  it("are lost with an error that names the one that ended", async () => {
    const [first, second] = [await serve(), await serve()]
    const check = checkOn(await gather([first.place, second.place]))
    await check.advance(100)
    second.close()
    const { runner, reason } = await lossOf(
      (async () => {
        while (await check.advance(100));
      })()
    )
    expect(runner).toBe(textOf(second.place))
    expect(reason).not.toBe("")
  })

  it("serve one search at a time, of their own version, with their secret", async () => {
    const { place } = await serve()
    await gather([place])
    const whileBusy = await lossOf(gather([place], { patienceMilliseconds: 0 }))
    expect(whileBusy.reason).toBe("it serves another search")
    const other = await serve()
    const byVersion = await lossOf(gather([other.place], { version: "1.2.4" }))
    expect(byVersion.reason).toBe("it runs version 1.2.3, not 1.2.4")
    const bySecret = await lossOf(gather([other.place], { secret: `${secret}!` }))
    expect(bySecret.message).toContain(textOf(other.place))
    expect(bySecret.reason).toContain("another secret")
  })

  it("end a connection that sends what is no frame, and go on", async () => {
    const { place } = await serve()
    const nonsense = [{ _tag: "Conduct", version }, { _tag: "Peer", search: "?", from: -1 }, 7]
    for (const head of nonsense) {
      const link = await linkTo(place, secret)
      link.send(head)
      expect(await ended(link)).not.toBe("")
    }
    const check = checkOn(await gather([place]))
    expect(await check.advance(100)).toBe(true)
  })

  it("end a search whose conductor orders what is no order", async () => {
    const { place } = await serve()
    const link = await linkTo(place, secret)
    link.send({ _tag: "Conduct", version, byteOrder: endianness(), search: randomUUID() })
    link.send({ _tag: "Ask", epoch: 1, order: { _tag: "Enter", level: "1" } })
    expect(await ended(link)).not.toBe("")
  })
})
