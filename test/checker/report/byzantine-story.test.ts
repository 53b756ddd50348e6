/**
 * The attack "I still work here" (tutorial 7.1) for a human reader: which nodes are corrupt and
 * since when, what they send, and the consequences.
 */
import { describe, expect, it } from "vitest"
import { allReductions } from "../../../checker/network/reductions.ts"
import { story } from "../../../checker/report/story.ts"
import { checked } from "../network/searching.ts"
import { shipped } from "../shipped.ts"

const storyOf = (name: string): string => {
  const { properties } = checked(shipped(name), { reductions: allReductions, slice: 10_000 })
  const [counterexample] = properties.flatMap((one) => one.counterexample ?? [])
  if (counterexample === undefined) throw new Error(`${name} has no counterexample`)
  return story(counterexample)
}

describe("the story of the attack", () => {
  it("a client slept through a reconfiguration, and all nodes that it asks were removed", () => {
    expect(storyOf("byzantine/sleeping-client")).toMatchInlineSnapshot(`
      "byzantine/sleeping-client violates no-late-phase, in 15 steps; no shorter run does.
      Required: no phase that began after its configuration was forgotten ever completes.
      Found: c1 completes its phase in configuration 0, which was forgotten before it began.

      What happened
            1  > admin begins reconfigure +e -a -b -c -d, and sends "NEW_VIEW: configuration 1, {e}" to a,
                   b, c, d and e, and "the configuration is configuration 1, {e}" to c1 (b is corrupt)
               * admin has asked the members of configuration 0 to stop
            2    e receives "NEW_VIEW: configuration 1, {e}" from admin (its view is now { number: 1,
                   members: [e] })
            3    admin receives "has nothing (to admin's stop 1 in configuration 0)" from b (corrupt)
            4    a receives "NEW_VIEW: configuration 1, {e}" from admin (its view is now { number: 1,
                   members: [e] }, its serves is now []) and answers "has nothing (to admin's stop 1 in
                   configuration 0)"
               * a no longer serves configuration 0
            5    admin receives "has nothing (to admin's stop 1 in configuration 0)" from a
            6    c receives "NEW_VIEW: configuration 1, {e}" from admin (its view is now { number: 1,
                   members: [e] }, its serves is now []) and answers "has nothing (to admin's stop 1 in
                   configuration 0)"
               * c no longer serves configuration 0
            7    admin receives "has nothing (to admin's stop 1 in configuration 0)" from c, and sends
                   "serve configuration 1 with nothing" to e
               * admin knows that configuration 0 has ended: a super-majority of its members has stopped
               < admin's reconfigure +e -a -b -c -d returns ok
            8    e receives "serve configuration 1 with nothing" from admin (its serves is now [1])
         9-11  x a, c and d are corrupted
           12  > c1 begins its read, and sends "get in configuration 0" to a, b, c and d (a, b, c and d
                   are corrupt)
        13-15    c1 receives "has nothing (to c1's get 1 in configuration 0)" from a (corrupt), b
                   (corrupt) and c (corrupt), and sends "do you still serve configuration 0?" to a, b, c
                   and d (a, b, c and d are corrupt)

      What was seen from outside
        admin  |- reconfigure +e -a -b -c -d -|
        c1                                      |- read --- ...
        step   1                              7 12

      Why
        C1 completes its phase in configuration 0, which was forgotten before it began:
          c1: Busy { begun: 1, key: { owner: c1 }, view: { number: 0, members: [a, b, c, d] }, operation:
            Read, stage: set, phase: { configurations: [{ members: [a, b, c, d], read: Supermajority,
            write: Supermajority }], answered: [], answer: none }, isOver: false }
            before the last step: Busy { begun: 1, key: { owner: c1 }, view: { number: 0, members: [a, b,
            c, d] }, operation: Read, stage: get, phase: { configurations: [{ members: [a, b, c, d], read:
            Supermajority, write: Supermajority }], answered: [a, b], answer: none }, isOver: false }"
    `)
  })

  it("removed nodes swallow a write", () => {
    expect(storyOf("byzantine/i-still-work-here")).toMatchInlineSnapshot(`
      "byzantine/i-still-work-here violates atomicity, in 24 steps; no shorter run does.
      Required: each operation appears to take place instantaneously between its invocation and its
        response.
      Found: c2's read returned ⊥, which no order of the operations explains.

      What happened
            1  > c1 begins write 1, and sends "get in configuration 0" to a, b, c and d (b is corrupt)
            2  > admin begins reconfigure +e -a -b -c -d, and sends "NEW_VIEW: configuration 1, {e}" to a,
                   b, c, d and e, and "the configuration is configuration 1, {e}" to c1 and c2 (b is
                   corrupt)
               * admin has asked the members of configuration 0 to stop
            3    e receives "NEW_VIEW: configuration 1, {e}" from admin (its view is now { number: 1,
                   members: [e] })
            4    admin receives "has nothing (to admin's stop 1 in configuration 0)" from b (corrupt)
            5    a receives "NEW_VIEW: configuration 1, {e}" from admin (its view is now { number: 1,
                   members: [e] }, its serves is now []) and answers "has nothing (to admin's stop 1 in
                   configuration 0)"
               * a no longer serves configuration 0
            6    admin receives "has nothing (to admin's stop 1 in configuration 0)" from a
            7    c receives "NEW_VIEW: configuration 1, {e}" from admin (its view is now { number: 1,
                   members: [e] }, its serves is now []) and answers "has nothing (to admin's stop 1 in
                   configuration 0)"
               * c no longer serves configuration 0
            8    admin receives "has nothing (to admin's stop 1 in configuration 0)" from c, and sends
                   "serve configuration 1 with nothing" to e
               * admin knows that configuration 0 has ended: a super-majority of its members has stopped
               < admin's reconfigure +e -a -b -c -d returns ok
            9    e receives "serve configuration 1 with nothing" from admin (its serves is now [1])
           10    c2 receives "the configuration is configuration 1, {e}" from admin
           11    c1 receives "has nothing (to c1's get 1 in configuration 0)" from b (corrupt)
        12-14  x a, c and d are corrupted
        15-16    c1 receives "has nothing (to c1's get 1 in configuration 0)" from a (corrupt) and c
                   (corrupt), and sends "set 1@1.c1 signed by c1 in configuration 0" to a, b, c and d (a,
                   b, c and d are corrupt)
        17-19    c1 receives "has 1@1.c1 signed by c1 (to c1's set 1 in configuration 0)" from a
                   (corrupt), b (corrupt) and c (corrupt)
               < c1's write 1 returns ok
           20  > c2 begins its read, and sends "get in configuration 1" to e
           21    e receives "get in configuration 1" from c2 and answers "has nothing (to c2's get 1 in
                   configuration 1)"
           22    c2 receives "has nothing (to c2's get 1 in configuration 1)" from e and answers "do you
                   still serve configuration 1?"
           23    e receives "do you still serve configuration 1?" from c2 and answers "has nothing (to
                   c2's set 1 in configuration 1)"
           24    c2 receives "has nothing (to c2's set 1 in configuration 1)" from e
               < c2's read returns ⊥

      What was seen from outside
        admin    |- reconfigure +e -a -b -c -d -|
        c1     |- write 1 ------------------------|
        c2                                           |- read: ⊥ -|
        step   1 2                              8 19 20          24

      Why
        c2's read began at step 20 and returned ⊥, the value before any write. But c1's write 1 had
        already returned at step 19.

      (1@2.c3 is the value 1 with the timestamp (2, c3); ⊥ is the value before any write)"
    `)
  })
})
