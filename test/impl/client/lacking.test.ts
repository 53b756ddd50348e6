/**
 * An operation of dBQS that fails says whether it was the lease that was missing, and each process
 * that asks for one is answered for itself.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { type Known, runFor, type Unfinished } from "../../../impl/client/known.ts"
import { Operations } from "../../../impl/client/operations.ts"
import { type RunnableProtocol, runnableNamed } from "../../../impl/protocols.ts"
import { noChoices, type Part } from "../../../spec/kernel/keyed.ts"
import type { AnyObservation, AnyOperation } from "../../../spec/kernel/observation.ts"
import { World } from "../membership/world.ts"
import { StandingClock } from "../standing-clock.ts"

const world = new World(["m1", "m2", "m3", "m4"], ["s1", "s2", "s3", "s4"])
const operation = { _tag: "Ask" } as const

interface Waiting {
  readonly isWaiting: boolean
}
type Heard = { readonly _tag: string }

/** Whether this process is answered, of those that have asked. */
type IsAnswered = (self: string, asked: ReadonlyArray<string>) => boolean

/** A process that asks, and is answered at its first repetition, if at all. */
const asking = (asked: Array<string>, isAnswered: IsAnswered) => {
  const part: Part<unknown, Waiting, AnyOperation, AnyObservation, Heard> = {
    Shared: Schema.Struct({ isWaiting: Schema.Boolean }),
    Own: Schema.Struct({}),
    durable: false,
    initial: () => ({ isWaiting: false }),
    ready: (_context, _self, { isWaiting }) => !isWaiting,
    choices: noChoices,
    step: (_context, self, state, input) => {
      if (input._tag === "Invoke") {
        asked.push(self)
        return { state: { isWaiting: true }, sends: [], observations: [] }
      }
      return state.isWaiting && isAnswered(self, asked)
        ? {
            state: { isWaiting: false },
            sends: [],
            observations: [{ _tag: "Response", operation, result: 0 }]
          }
        : { state, sends: [], observations: [] }
    }
  }
  return part
}

const system = (isAnswered: IsAnswered) => {
  const process = world.process(world.addClient("reader"))
  const { rules, trust } = process.node.context as { readonly rules: unknown; trust: unknown }
  const asked: Array<string> = []
  const part = asking(asked, isAnswered) as never
  const currentIn = () => world.foundation.certificate
  const dbqs = runnableNamed("dbqs")
  const runnable: RunnableProtocol = {
    ...dbqs,
    freshness: { part, leaseMilliseconds: 30_000, currentIn }
  }
  const clock = new StandingClock()
  const [name] = process.node.id.split("/") as [string]
  const setup = { servers: [], configuration: {} as never, rules, trust }
  const operations = new Operations({ name, runnable, clock, setup: () => setup })
  const known = {
    ...{ operations, runnable, nodes: new Set(["s1"]), first: () => [] },
    ...{ waiting: new Set(), beginning: new Set(), strangers: new Map() }
  } as unknown as Known
  /** How a read fails that nobody answers, after the clock has been moved by this time. */
  const failure = (milliseconds: number): Promise<Unfinished> =>
    new Promise((resolve) => {
      runFor<unknown>(
        ...([known, "Read", 20] as const),
        (done) => {
          operations.invoke("x", { _tag: "Read" } as never, done)
          for (let passed = 0; passed < milliseconds; passed += 100) clock.move(100)
          return undefined
        },
        (result) => resolve(Result.getOrThrow(Result.flip(result)))
      )
    })
  return { operations, failure, asked }
}

it("a failure says that the membership service has not answered", async () => {
  const { failure, operations, asked } = system(() => false)
  expect(await failure(35_000)).toMatchObject({
    _tag: "Unavailable",
    lacksLease: true,
    message:
      "no answer counted within 20 ms, since the membership service has not said which epoch is current (0 of 1 storage nodes are connected)"
  })
  // Three processes ask, and no more, however long it takes.
  expect(new Set(asked).size).toBe(3)
  expect(asked.length).toBe(3)
  operations.close()
})

it("a failure with a lease says that no quorum answered", async () => {
  const { failure, operations } = system(() => true)
  expect(await failure(2000)).toMatchObject({
    lacksLease: false,
    message: "no quorum answered within 20 ms (0 of 1 storage nodes are connected)"
  })
  operations.close()
})

it("the second process's answer gives a lease while the first one's question is unanswered", async () => {
  const { failure, operations } = system((self, [first]) => self !== first)
  expect(await failure(10_000)).toMatchObject({ lacksLease: true })
  expect(await failure(5000)).toMatchObject({ lacksLease: false })
  operations.close()
})
