/**
 * The nodes that hold the pair a Get phase found, on which a read that returns at once relies.
 */
import * as fc from "fast-check"
import { expect, it } from "vitest"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import { holdersWith } from "../../../spec/register/holders.ts"
import { initialPair, larger, type Pair } from "../../../spec/register/pair.ts"

const pair = (number: number): Pair =>
  number === 0 ? initialPair : { value: number, timestamp: { number, client: client("c1") } }

it("they are the nodes that answered with the largest pair, in any order of answers", () => {
  const answers = fc.uniqueArray(
    fc.record({ from: fc.integer({ min: 1, max: 5 }), number: fc.nat(2) }),
    { selector: ({ from }) => from, minLength: 1 }
  )
  fc.assert(
    fc.property(answers, (given) => {
      let [found, holders] = [initialPair, servers()]
      for (const { from, number } of given) {
        holders = holdersWith(found, holders, pair(number), [server(`s${from}`)])
        found = larger(found, pair(number))
      }
      const most = Math.max(...given.map(({ number }) => number))
      const expected = given.filter(({ number }) => number === most).map(({ from }) => `s${from}`)
      expect(holders).toEqual(expected.sort())
    })
  )
})

it("an answer that does not count changes nothing", () => {
  expect(holdersWith(pair(1), servers("s1"), pair(2), [])).toEqual(["s1"])
})
