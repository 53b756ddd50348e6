/**
 * The model of the weak snapshot follows the executable specification: in random runs, and from every local state of a small
 * domain, reachable or not. What loses safety is not followed.
 */
import { describe, expect, it } from "vitest"
import { falseIn } from "../../../proofs/structure/step.ts"
import { NotFollowed, subsetsOf } from "../../../proofs/tie/claims.ts"
import { weakSnapshot } from "../../../proofs/weak-snapshot/model.ts"
import {
  type Domain,
  type Event,
  type Followed,
  type SystemState,
  tieOf
} from "../../../proofs/weak-snapshot/tie.ts"
import { isQuorum, majority } from "../../../spec/configuration/configuration.ts"
import { setOf } from "../../../spec/kernel/data.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { ServerId } from "../../../spec/nodes/nodes.ts"
import type { Change } from "../../../spec/weak-snapshot/change.ts"
import type { ClientState } from "../../../spec/weak-snapshot/client.ts"
import type { Message } from "../../../spec/weak-snapshot/messages.ts"
import type { SnapshotOperation } from "../../../spec/weak-snapshot/operation.ts"
import type { Rules } from "../../../spec/weak-snapshot/rules.ts"
import { variants } from "../../../spec/weak-snapshot/variants.ts"

const rulesOf = (name: string): Rules => {
  const variant = variants.find((one) => one.name === name)
  if (variant === undefined) throw new Error(`there is no variant ${name}`)
  return variant.rules
}
const adding = (id: string): Change => ({ add: [id as ServerId], remove: [] })
const changes = [adding("s6"), adding("s7"), adding("s8")]
const update = (change: Change): SnapshotOperation => ({ _tag: "Update", ...change })
const scan: SnapshotOperation = { _tag: "Scan" }
const members = (count: number) => Array.from({ length: count }, (_, place) => `s${place + 1}` as ServerId)
const clientIds = ["c1", "c2", "c3"].map((id) => id as NodeId)

const domainOf = (
  variant: string,
  servers: number,
  scripts: ReadonlyArray<ReadonlyArray<SnapshotOperation>>
): Domain => ({
  configuration: majority(members(servers)),
  rules: rulesOf(variant),
  changes,
  scripts: new Map(scripts.map((script, place) => [clientIds[place] as NodeId, script]))
})

/** Numbers from a seed, below 1. */
const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let bits = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
  return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296
}

const everybody = [
  [update(adding("s6")), scan, scan],
  [scan, update(adding("s7")), scan],
  [update(adding("s8")), scan]
]

/** Follows a random run to its end; says how many steps it had, and which transitions they were. */
const runOf = (domain: Domain, seed: number, visit: (followed: Followed) => void = () => undefined) => {
  const { initially, eventsIn, follow } = tieOf(domain)
  const next = random(seed)
  const used = new Set<string>()
  let followed = initially()
  for (let steps = 0; ; steps++) {
    const events = eventsIn(followed.state)
    const event = events[Math.floor(next() * events.length)]
    if (event === undefined) return { steps, used }
    const step = follow(followed, event)
    followed = step.followed
    for (const transition of step.taken) used.add(transition)
    if (next() < 0.02) visit(followed)
  }
}

describe("random runs of a weak snapshot", () => {
  it("are followed, take every transition of the model, and keep its invariant", () => {
    const used = new Set<string>()
    let [steps, visited] = [0, 0]
    for (const variant of ["correct", "with-columns"]) {
      for (let seed = 1; seed <= 10; seed++) {
        const run = runOf(domainOf(variant, 3 + (seed % 2), everybody), seed, ({ structure }) => {
          visited++
          expect(falseIn(structure, { ...weakSnapshot.axioms, ...weakSnapshot.invariant })).toEqual([])
        })
        steps += run.steps
        for (const transition of run.used) used.add(transition)
      }
    }
    expect([...used].sort()).toEqual(Object.keys(weakSnapshot.transitions).sort())
    expect(steps).toBeGreaterThan(2000)
    expect(visited).toBeGreaterThan(20)
  })

  it.each(variants.filter(({ kind }) => kind === "mutant").map(({ name }) => name))(
    "are not followed where they are runs of %s",
    (variant) => {
      const runs = () => {
        for (let seed = 1; seed <= 40; seed++) runOf(domainOf(variant, 3, everybody), seed)
      }
      expect(runs).toThrow(NotFollowed)
    }
  )
})

/** Everything that a client, which has begun its first operation, can be in the middle of. */
const stagesOf = ({
  configuration
}: Domain): ReadonlyArray<Extract<ClientState, { readonly _tag: "Busy" }>> => {
  const [operation, other] = [update(adding("s6")), scan]
  const sets = subsetsOf(changes.slice(0, 2)).map((some) => setOf(some.map((change) => ({ change }))))
  const waiting = (access: "read" | "write") =>
    subsetsOf(configuration.members)
      .filter((some) => !isQuorum(configuration, access, some))
      .map(setOf)
  const phase = <A>(answered: ReadonlyArray<ServerId>, answer: A) => ({
    configurations: [configuration],
    answered,
    answer
  })
  const rounds = [1, 2] as const
  const written = sets.filter(({ length }) => length > 0)
  return [
    { _tag: "Busy", begun: 1, operation, phase: 1, stage: { _tag: "Endorsing" } },
    ...waiting("write").flatMap((answered) =>
      changes.slice(0, 2).map((change) => ({
        ...({ _tag: "Busy", begun: 1, operation, phase: 2 } as const),
        stage: { _tag: "Spreading" as const, phase: phase(answered, [{ change }]) }
      }))
    ),
    ...rounds.flatMap((round) => [
      ...waiting("read").flatMap((answered) =>
        sets.map((found) => ({
          ...({ _tag: "Busy", begun: 1, operation: other, phase: 2 * round - 1 } as const),
          stage: { _tag: "Collecting" as const, round, phase: phase(answered, found) }
        }))
      ),
      ...waiting("write").flatMap((answered) =>
        written.map((found) => ({
          ...({ _tag: "Busy", begun: 1, operation: other, phase: 2 * round } as const),
          stage: { _tag: "WritingBack" as const, round, phase: phase(answered, found) }
        }))
      )
    ])
  ]
}

const sets = subsetsOf(changes.slice(0, 2)).map((some) => setOf(some.map((change) => ({ change }))))

/** Every answer to the phase of a client. */
const answersTo = ({ phase, stage }: ReturnType<typeof stagesOf>[number]): ReadonlyArray<Message> => {
  const numbers = { operation: 1, phase }
  switch (stage._tag) {
    case "Endorsing":
      return changes.slice(0, 2).map((change) => ({ _tag: "Endorsed", ...numbers, change }))
    case "Spreading":
    case "WritingBack":
      return [{ _tag: "Stored", ...numbers }]
    case "Collecting":
      return sets.map((endorsements) => ({ _tag: "Collected", ...numbers, endorsements }))
  }
}

const received = (from: NodeId, to: NodeId, message: Message): Event => ({
  _tag: "Receive",
  envelope: { from, to, message }
})

/** How many steps were followed, each from a structure made for it. */
const followedFrom = (domain: Domain, states: Iterable<readonly [SystemState, Event]>): number => {
  const { begin, follow } = tieOf(domain)
  let steps = 0
  for (const [state, event] of states) {
    const onTheirWay = event._tag === "Receive" ? [event.envelope] : []
    follow(begin({ ...state, onTheirWay }), event)
    steps++
  }
  return steps
}

describe("every local state of a small domain", () => {
  it.each([3, 4])("of a client of %i storage nodes is followed, whatever answer it receives", (count) => {
    const [c1] = clientIds as [NodeId]
    const states = (["Update", "Scan"] as const).flatMap((tag) => {
      const domain = domainOf("correct", count, [[tag === "Scan" ? scan : update(adding("s6"))]])
      const { state } = tieOf(domain).initially()
      const cases = stagesOf(domain)
        .filter(({ operation }) => operation._tag === tag)
        .flatMap((client) =>
          answersTo(client).flatMap((message) =>
            domain.configuration.members.map(
              (from) => [{ ...state, clients: new Map([[c1, client]]) }, received(from, c1, message)] as const
            )
          )
        )
      return [{ domain, cases }]
    })
    const steps = states.map(({ domain, cases }) => followedFrom(domain, cases))
    expect(steps).toEqual(count === 3 ? [30, 456] : [96, 1672])
  })

  it("of a storage node is followed, whatever it is asked", () => {
    const [c1] = clientIds as [NodeId]
    const numbers = { operation: 1, phase: 2 }
    const asked: ReadonlyArray<readonly [SnapshotOperation, ReadonlyArray<Message>]> = [
      [
        update(adding("s6")),
        [
          { _tag: "Endorse", operation: 1, phase: 1, change: adding("s6") },
          ...changes
            .slice(0, 2)
            .map((change): Message => ({ _tag: "Store", ...numbers, endorsements: [{ change }] }))
        ]
      ],
      [
        scan,
        [
          { _tag: "Collect", operation: 1, phase: 1 },
          { _tag: "Collect", operation: 1, phase: 3 },
          ...sets.map((endorsements): Message => ({ _tag: "Store", ...numbers, endorsements })),
          ...sets.map((endorsements): Message => ({ _tag: "Store", operation: 1, phase: 4, endorsements }))
        ]
      ]
    ]
    const steps = asked.map(([operation, questions]) => {
      const domain = domainOf("correct", 3, [[operation]])
      const { state } = tieOf(domain).initially()
      const [s1] = domain.configuration.members as [ServerId]
      // A storage node that endorses a change knows it; it may know more, or something and endorse nothing.
      const nodes = [null, ...changes.slice(0, 2)].flatMap((endorsed) =>
        sets
          .filter((known) => endorsed === null || known.some(({ change }) => change === endorsed))
          .map((known) => ({ endorsed, known }))
      )
      /** The client that has asked this: of a scan nothing matters but what it has sent. */
      const asking = (question: Message): ReadonlyMap<NodeId, ClientState> => {
        if (operation._tag === "Scan") return new Map()
        const endorsements = question._tag === "Store" ? question.endorsements : []
        const phase = { configurations: [domain.configuration], answered: [], answer: endorsements }
        const stage =
          question._tag === "Store"
            ? ({ _tag: "Spreading", phase } as const)
            : ({ _tag: "Endorsing" } as const)
        return new Map([[c1, { _tag: "Busy", begun: 1, operation, phase: question.phase, stage }]])
      }
      return followedFrom(
        domain,
        nodes.flatMap((node) =>
          questions.map(
            (question) =>
              [
                {
                  ...state,
                  servers: new Map(state.servers).set(s1, node),
                  clients: asking(question)
                },
                received(c1, s1, question)
              ] as const
          )
        )
      )
    })
    expect(steps).toEqual([24, 80])
  })
})
