/**
 * Replicas that learn the content of a slot from replies and pass it on: a liar that replies
 * anything makes nobody learn anything else, and all learn what f+1 have decided.
 */
import { describe, expect, it } from "vitest"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import { client, type ServerId, servers } from "../../../spec/nodes/nodes.ts"
import { client as asking } from "../../../spec/pbft/client.ts"
import type { Context } from "../../../spec/pbft/collected.ts"
import { contentOf, type Participant, passesOn } from "../../../spec/pbft/learning.ts"
import { correct } from "../../../spec/pbft/rules.ts"
import type { Value } from "../../../spec/register/operation.ts"

const all = servers("s1", "s2", "s3", "s4")
const liar = all[3] as ServerId
const honest = all.slice(0, 3)
const context: Context = {
  rules: correct,
  cryptography: symbolic,
  servers: all,
  clients: all.map((id) => client(id))
}
const request = symbolic.sign({ owner: client("c") }, "decided")

/** The replicas: some have decided, and the others know nothing. */
const begun = (decided: ReadonlyArray<ServerId>) =>
  new Map<ServerId, Participant>(
    honest.map((id) => [
      id,
      {
        replica: { decided: decided.includes(id) ? { view: 0, request } : null },
        client: asking.initial(context, client(id))
      }
    ])
  )

/** A reply arrives; what it makes its receiver pass on arrives as well. */
const reply = (
  replicas: Map<ServerId, Participant>,
  from: ServerId,
  to: ServerId,
  value: Value
): void => {
  const before = replicas.get(to)
  if (before === undefined) return
  const input = { _tag: "Receive", from, message: { _tag: "Reply", value } } as const
  const own = client(to)
  const after = { ...before, client: asking.step(context, own, before.client, input).state }
  replicas.set(to, after)
  for (const { to: next, message } of passesOn(context, to, own, before, after)) {
    const other = all.find((id) => id === next)
    if (other !== undefined && message._tag === "Reply") reply(replicas, to, other, message.value)
  }
}

const known = (replicas: Map<ServerId, Participant>): ReadonlyArray<Value | undefined> =>
  honest.map((id) => contentOf(context, client(id), replicas.get(id) as Participant)?.value)

/** Everything that decided replicas and the liar may reply, in this order of the two. */
const allReply = (
  decided: ReadonlyArray<ServerId>,
  lies: ReadonlyArray<Value>,
  liesFirst: boolean
) => {
  const replicas = begun(decided)
  const told = (from: ServerId, value: Value) => {
    for (const to of honest) if (to !== from) reply(replicas, from, to, value)
  }
  const lie = () => {
    for (const value of lies) told(liar, value)
  }
  if (liesFirst) lie()
  for (const id of decided) told(id, "decided")
  if (!liesFirst) lie()
  return known(replicas)
}

const someOf = (ids: ReadonlyArray<ServerId>): ReadonlyArray<ReadonlyArray<ServerId>> =>
  ids.reduce<ReadonlyArray<ReadonlyArray<ServerId>>>(
    (sets, id) => [...sets, ...sets.map((set) => [...set, id])],
    [[]]
  )

describe.each(
  someOf(honest).map((decided) => [decided.join(" and ") || "nobody", decided] as const)
)("%s decided", (_names, decided) => {
  it.each([true, false])("whatever the liar replies, nobody learns anything else", (liesFirst) => {
    for (const value of allReply(decided, ["a lie", "decided", null], liesFirst))
      expect(["decided", undefined]).toContain(value)
    if (decided.length === 0)
      expect(allReply(decided, ["a lie", "another"], liesFirst)).toEqual(Array(3).fill(undefined))
  })

  if (decided.length > 1)
    it("all know it, though the liar is silent", () => {
      expect(allReply(decided, [], false)).toEqual(Array(3).fill("decided"))
    })
})

it("a replica that learned it passes it on, once; one that decided has replied already", () => {
  const [s1, s2, s3] = honest as unknown as readonly [ServerId, ServerId, ServerId]
  const replicas = begun([s1])
  // The liar replies to `s2` only: `s3` hears of the content from `s1` and `s2`.
  for (const from of [s1, liar]) reply(replicas, from, s2, "decided")
  expect(known(replicas)).toEqual(["decided", "decided", undefined])
  reply(replicas, s1, s3, "decided")
  expect(known(replicas)).toEqual(["decided", "decided", "decided"])
  const decided = replicas.get(s1) as Participant
  expect(passesOn(context, s1, client(s1), decided, decided)).toEqual([])
})
