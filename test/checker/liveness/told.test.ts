/**
 * How the checker reports violations of liveness: which node waits, for which node, and why no owed
 * step helps.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { readScenario } from "../../../checker/command/shipped.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { itf } from "../../../checker/report/itf.ts"
import { counterexampleDocument } from "../../../checker/report/json.ts"
import { mermaid } from "../../../checker/report/mermaid.ts"
import { story } from "../../../checker/report/story.ts"
import type { Counterexample } from "../../../checker/report/trace.ts"
import type { CheckResult } from "../../../checker/result.ts"
import { load } from "../../../checker/scenario/load.ts"
import { checked, loadedFrom, scenarioOf } from "../network/searching.ts"
import { lastWords } from "./last-words.ts"
import { polling } from "./polling.ts"

const counterexampleOf = ({ properties }: CheckResult): Counterexample =>
  properties.flatMap(({ counterexample }) => counterexample ?? [])[0] as Counterexample

const shipped = (name: string): Counterexample =>
  counterexampleOf(
    checked(Result.getOrThrow(Result.flatMap(readScenario(name), (text) => load(name, text))), {
      reductions: allReductions
    })
  )
const polled = () => counterexampleOf(checked(loadedFrom(polling, false)))

/** The lines below a title, up to the next empty line. */
const section = (title: string, text: string): string =>
  text.split("\n\n").find((part) => part.startsWith(`${title}\n`)) ?? ""

describe("the story of a violation of liveness", () => {
  it("says which nodes an operation waits for when nothing can happen any more", () => {
    const told = story(shipped("majority/liveness/set-only-to-answerers"))
    expect(told.split("\n")[0]).toMatchInlineSnapshot(
      `"majority/liveness/set-only-to-answerers violates static-liveness, in 8 steps, after which nothing"`
    )
    expect(section("Why", told)).toMatchInlineSnapshot(`
      "Why
        c1's write 1 began at step 1 and never ends. It waits for a quorum of {s1,s2,s3} to answer "set
        1@1.c1". Only s1 did; s2 was not asked; s3 crashed (step 4).
        Nothing is left that must happen: every message with an effect between nodes that have not crashed
        was received, and no node can take a step of its own.
        Lost to nodes that crashed: "set 1@1.c1" from c1 to s3."
    `)
  })

  it("says which node never answered a write that was overtaken", () => {
    const told = story(shipped("majority/liveness/older-set-not-acknowledged"))
    expect(section("Why", told)).toMatchInlineSnapshot(`
      "Why
        c1's write 1 began at step 1 and never ends. It waits for a quorum of {s1,s2,s3} to answer "set
        1@1.c1". Nobody did; s1, s2 and s3 received it (steps 12, 14 and 16) but did not answer.
        Nothing is left that must happen: every message with an effect between nodes that have not crashed
        was received, and no node can take a step of its own."
    `)
  })

  it("says why an operation cannot even begin", () => {
    const told = story(shipped("naive/liveness/stop-the-world-reconfigurer-crash"))
    expect(section("What happened", told)).toMatchInlineSnapshot(`
      "What happened
        1  > c1 begins reconfigure +s2' -s2, and sends "pause" to c2
        2  x c1 crashes
        3    c2 receives "pause" from c1 and answers "has paused" (c1 has crashed)
           … nothing happens any more"
    `)
    expect(section("Why", told)).toMatchInlineSnapshot(`
      "Why
        c2's write 1 can never begin: nothing that must happen is left to happen. c2 is not ready to
        begin: { configuration: {s1,s2,s3}, pauses: [{ by: c1, operation: 1 }], activity: Idle { begun: 0
        } }.
        Nothing is left that must happen: every message with an effect between nodes that have not crashed
        was received, and no node can take a step of its own.
        Lost to nodes that crashed: "has paused" from c2 to c1."
    `)
  })

  it("says which node cannot answer any more, and which continued in the old configuration", () => {
    const told = story(shipped("naive/liveness/online-left-behind"))
    expect(section("Why", told)).toMatchInlineSnapshot(`
      "Why
        c2's write 1 began at step 12 and never ends. It waits for a quorum of {s1,s2,s3} to answer "get".
        Only s3 did; s1 and s2 crashed (steps 11 and 1).
        Nothing is left that must happen: every message with an effect between nodes that have not crashed
        was received, and no node can take a step of its own.
        Lost to nodes that crashed: "get" from c1 to s2; "stop" from c1 to s2; "get" from c2 to s1 and s2."
    `)
  })

  it("says which definition of liveness excuses it, and since when", () => {
    const counterexample = shipped("majority/liveness/majority-crash")
    expect(section("Why", story(counterexample))).toMatch(
      /Excused by static-liveness: from step \d on its\s+premise\s+is\s+broken/
    )
    expect(counterexampleDocument(counterexample).excuse).toMatch(
      /Current is \{s1,s2,s3\}, Failed \{s\d,s\d\}: 2 of them failed or may be removed, not fewer than \|Current\|\/2\.$/
    )
    expect(story(shipped("majority/liveness/set-only-to-answerers"))).not.toContain("Excused")
  })

  it("says which message may have been lost with its sender, if only that is missing", () => {
    expect(checked(loadedFrom(lastWords(false), false)).verdict).toBe("holds")
    const told = story(counterexampleOf(checked(loadedFrom(lastWords(true), false))))
    expect(section("What happened", told)).toMatchInlineSnapshot(`
      "What happened
        1  > c2 begins its read, and sends "ask" to c1
        2    c1 receives "ask" from c2 and answers "answer"
           * c1 notes answered none
        3  x c1 crashes
           … nothing happens any more"
    `)
    expect(section("Why", told)).toMatchInlineSnapshot(`
      "Why
        c2's read began at step 1 and never ends. Its client's state: { asks: true }.
        Nothing is left that must happen: every message with an effect between nodes that have not crashed
        was received, and no node can take a step of its own.
        Perhaps lost with the node that sent it, and so never received: "answer" from c1 to c2."
    `)
  })

  it("says which steps repeat forever", () => {
    const told = story(polled())
    expect(told).toMatchInlineSnapshot(`
      "model violates termination, in 3 steps, after which steps 2 to 3 repeat forever.
      Required: every operation of a correct client eventually completes, regardless of other nodes'
        faults.
      Found: c1's read never completes, though steps 2 to 3 are repeated forever and nothing is postponed
        forever.

      What happened
        1  > c1 begins its read, and sends "ask" to s1
        2    s1 receives "ask" from c1 and answers "busy"
        3    c1 receives "busy" from s1 and answers "ask"
           … steps 2 to 3 repeat forever

      What was seen from outside
        c1    |- read --- ...
        step  1

      Why
        c1's read began at step 1 and never ends. Its client's state: { asks: true }.
        Steps 2 to 3 can repeat forever, and that is fair: in them every message with an effect that is in
        flight between nodes that have not crashed is received, and each step that a node can take all the
        time is taken."
    `)
  })
})

describe("an infinite run", () => {
  it("is a lasso in JSON: the number of steps before the loop", () => {
    const { steps, loop } = counterexampleDocument(polled())
    expect([steps, loop]).toEqual([3, 1])
  })

  it("is a lasso in ITF: the state that follows the last one", () => {
    const { states, loop } = JSON.parse(itf(polled()))
    expect([states.length, loop]).toEqual([4, 2])
    // The first state of the loop and the last one differ only in which step led to each.
    const { action: _, observations: __, step: ___, "#meta": ____, ...last } = states[3]
    expect(states[1]).toMatchObject(last)
    expect(states[2].action).toEqual({
      tag: "Receive",
      value: { node: "s1", from: "c1", message: { tag: "Ask", value: { "#tup": [] } } }
    })
  })

  it("stays in its last state in ITF when nothing can happen any more", () => {
    const { states, loop } = JSON.parse(itf(shipped("majority/liveness/set-only-to-answerers")))
    expect(loop).toBe(states.length - 1)
  })

  it("has its loop in a frame in the sequence diagram", () => {
    expect(mermaid(polled())).toMatchInlineSnapshot(`
      "sequenceDiagram
        participant c1 as c1
        participant s1 as s1
        Note over c1: (1) read begins
        activate c1
        loop forever
        c1->>s1: (2) ask
        s1-->>c1: (3) busy
        end
        deactivate c1
        Note over c1,s1: model breaks termination:<br/>c1's read never ends."
    `)
  })
})

describe("vacuity", () => {
  const vacuousIn = (scenario: Record<string, unknown>) => checked(scenarioOf(scenario)).vacuous

  it("is reported: a premise that never holds while an operation is pending, crashes that it never allows", () => {
    const replaced = {
      protocol: "naive",
      variant: "online",
      servers: 3,
      configuration: ["s1", "s2"],
      clients: [["reconfigure -s2"]],
      faults: { crashes: { while: "dynamic-liveness", servers: ["s1"], clients: 0 } },
      properties: ["dynamic-liveness"]
    }
    // Of two nodes none may be lost: the removal alone breaks the premise.
    expect(vacuousIn(replaced)).toEqual(
      expect.arrayContaining([
        "dynamic-liveness requires nothing: no operation is ever pending while its premise holds",
        "no server ever crashes: any that did would break dynamic-liveness"
      ])
    )
  })

  it("is not reported if there is something to check", () => {
    const live = {
      protocol: "majority",
      servers: 3,
      clients: [["write 1"]],
      faults: { crashes: "static-liveness" },
      properties: ["static-liveness"]
    }
    expect(vacuousIn(live)).toEqual([])
  })
})
