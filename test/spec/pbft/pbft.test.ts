/**
 * PBFT loses agreement without any of its load-bearing steps: an attack for each mutant, a step of
 * which a replica of the correct protocol refuses.
 */
import { describe, expect, test } from "vitest"
import { forged, symbolic } from "../../../spec/kernel/cryptography.ts"
import { setOf } from "../../../spec/kernel/data.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"
import {
  isLeftBehind,
  isPrepared,
  nothingCollected,
  proofOf
} from "../../../spec/pbft/collected.ts"
import type { ReplicaState } from "../../../spec/pbft/replica.ts"
import { refinesLog } from "../../../spec/pbft/slot.ts"
import { variants } from "../../../spec/pbft/variants.ts"
import {
  accepts,
  commits,
  decides,
  leaves,
  liarClaims,
  liarCommits,
  liarVotes,
  type Move,
  only,
  play
} from "./attacks.ts"

/** All named replicas do the same. */
const each = (names: ReadonlyArray<string>, act: (name: string) => Move) => names.map(act)
/** In view 1, with the correct primary `s2`, `s3` decides the second request. */
const secondIsDecided: ReadonlyArray<Move> = [
  ...each(["s2", "s3", "s4"], (name) => accepts(name, 1, 2)),
  ...each(["s2", "s3", "s4"], commits),
  decides("s3")
]
/** All correct replicas leave view 0. */
const allLeave = each(["s2", "s3", "s4"], leaves)

/** In view 0 `s2` decides the first request, and `s4` leaves the view without hearing of it. */
const decidedWithoutS4: ReadonlyArray<Move> = [
  liarVotes(0, 1),
  ...each(["s2", "s3"], (name) => accepts(name, 0, 1)),
  ...each(["s2", "s3"], commits),
  liarCommits(0, 1),
  decides("s2")
]

interface Attack {
  readonly liar: string
  readonly moves: ReadonlyArray<Move>
  /** The move that the missing step would have prevented. */
  readonly refused: Move
}

const decidesTooEarly = (word: ReadonlyArray<Move>): Attack => {
  const early = decides("s2")
  return {
    liar: "s1",
    moves: [
      liarVotes(0, 1),
      ...each(["s2", "s3"], (name) => accepts(name, 0, 1)),
      ...[commits("s2"), ...word, early],
      ...[...allLeave, liarClaims(1, null), ...secondIsDecided]
    ],
    refused: early
  }
}

const losesDecision = (claims: ReadonlyArray<Move>): Attack => ({
  liar: "s1",
  moves: [...decidedWithoutS4, ...allLeave, ...claims, ...secondIsDecided],
  refused: secondIsDecided[0] as Move
})

/** In view 1, with the correct primary `s2`, `s3` decides the second request by the liar's help. */
const secondIsDecidedByTwo: ReadonlyArray<Move> = [
  ...each(["s2", "s3"], (name) => accepts(name, 1, 2)),
  liarVotes(1, 2),
  ...each(["s2", "s3"], commits),
  ...[liarCommits(1, 2), decides("s3")]
]
/** In view 2, with the correct primary `s3`, `s4` decides the first request. */
const firstIsDecided: ReadonlyArray<Move> = [
  ...each(["s3", "s2", "s4"], (name) => accepts(name, 2, 1)),
  ...each(["s3", "s2", "s4"], commits),
  decides("s4")
]
/** In view 0 both `s2` and `s3` vote for the first request, and so does the liar. */
const firstIsPrepared: ReadonlyArray<Move> = [
  liarVotes(0, 1),
  ...each(["s2", "s3"], (name) => accepts(name, 0, 1))
]

const commitsInOldView = commits("s3")
const preparesTwo = commits("s2")
const acceptsAnother = accepts("s3", 0, 2)
const believesLiar = accepts("s3", 1, 2)

const attacks: Readonly<Record<string, Attack>> = {
  // Both prepared in view 0, the next view may begin with either, whatever was decided.
  "prepared-one-short": {
    liar: "s1",
    moves: [
      ...[liarVotes(0, 1), liarVotes(0, 2), accepts("s2", 0, 1), preparesTwo],
      ...[accepts("s3", 0, 2), commits("s3"), accepts("s4", 0, 1), commits("s4")],
      ...[liarCommits(0, 1), decides("s2"), ...allLeave, ...secondIsDecided]
    ],
    refused: preparesTwo
  },
  "commits-not-waited-for": decidesTooEarly([]),
  "commits-one-short": decidesTooEarly([liarCommits(0, 1)]),
  "accepts-two": {
    liar: "s1",
    moves: [
      ...[
        liarVotes(0, 1),
        liarVotes(0, 2),
        ...each(["s2", "s3", "s4"], (name) => accepts(name, 0, 1))
      ],
      ...[...each(["s2", "s3", "s4"], commits), decides("s2")],
      ...[acceptsAnother, accepts("s4", 0, 2), commits("s3"), commits("s4")],
      ...[liarCommits(0, 2), decides("s3")]
    ],
    refused: acceptsAnother
  },
  // `s3` and `s4` have moved on with nothing prepared; `s2` decides by their commits.
  "acts-in-old-view": {
    liar: "s1",
    moves: [
      liarVotes(0, 1),
      ...each(["s2", "s3", "s4"], (name) => accepts(name, 0, 1)),
      ...[leaves("s3"), leaves("s4"), commits("s2"), commitsInOldView, liarCommits(0, 1)],
      ...[decides("s2"), leaves("s2"), liarClaims(1, null), ...secondIsDecided]
    ],
    refused: commitsInOldView
  },
  // `s2` has prepared both requests. It is the only one to claim any.
  "first-prepared-claimed": {
    liar: "s1",
    moves: [
      ...[...firstIsPrepared, commits("s2"), ...allLeave, liarClaims(1, null)],
      ...[...secondIsDecidedByTwo, ...allLeave, liarClaims(2, null), ...firstIsDecided]
    ],
    refused: firstIsDecided[0] as Move
  },
  // Nobody but the liar claims the first request, which was prepared.
  "earliest-claim-followed": {
    liar: "s1",
    moves: [
      ...[...firstIsPrepared, ...allLeave, liarClaims(1, null)],
      ...[...secondIsDecidedByTwo, ...allLeave, liarClaims(2, [0, 1]), ...firstIsDecided]
    ],
    refused: firstIsDecided[0] as Move
  },
  "no-certificates": losesDecision([]),
  "certificates-not-proved": losesDecision([liarClaims(1, [0, 2])]),
  "new-view-one-short": losesDecision([liarClaims(1, null)]),
  "new-view-not-justified": losesDecision([]),
  "new-view-not-checked": {
    liar: "s2",
    moves: [
      ...each(["s1", "s3", "s4"], (name) => accepts(name, 0, 1)),
      ...[...each(["s1", "s3", "s4"], commits), decides("s1")],
      ...each(["s1", "s3", "s4"], leaves),
      ...[liarVotes(1, 2), believesLiar, accepts("s4", 1, 2), accepts("s1", 1, 2)],
      ...[...each(["s1", "s3", "s4"], commits), decides("s3")]
    ],
    refused: believesLiar
  }
}

const decisionsOf = ({ replicas }: ReturnType<typeof play>) =>
  new Set(
    [...replicas.values()].flatMap(({ decided }) =>
      decided === null ? [] : [decided.request.content]
    )
  )

describe("PBFT", () => {
  test("every mutant has an attack", () => {
    const mutants = variants.filter(({ kind }) => kind === "mutant").map(({ name }) => name)
    expect(Object.keys(attacks).sort()).toEqual([...mutants].sort())
  })

  test.each(Object.entries(attacks))(
    "%s: two replicas decide differently",
    (name, { liar, moves }) => {
      const outcome = play(name, liar, moves)
      expect(outcome.refused).toBeUndefined()
      expect([...decisionsOf(outcome)].sort()).toEqual([1, 2])
      // A log that is given does not do what the last move does.
      expect(outcome.notOfLog).toBe(moves.length - 1)
    }
  )

  test.each(Object.entries(attacks))("against %s: a correct replica refuses", (_, attack) => {
    const outcome = play("correct", attack.liar, attack.moves)
    expect(outcome.refused).toBe(attack.moves.indexOf(attack.refused))
    expect(decisionsOf(outcome).size).toBeLessThanOrEqual(1)
    expect(outcome.notOfLog).toBeUndefined()
  })

  test("a view change preserves decisions: the new view decides the same request", () => {
    const again = [
      ...each(["s2", "s3", "s4"], (name) => accepts(name, 1, 1)),
      ...each(["s2", "s3", "s4"], commits),
      ...each(["s3", "s4"], decides)
    ]
    const { replicas, refused, notOfLog } = play("correct", "s1", [
      ...decidedWithoutS4,
      ...allLeave,
      ...again
    ])
    expect(refused).toBeUndefined()
    expect([...replicas.values()].map(({ decided }) => decided?.request.content)).toEqual([1, 1, 1])
    expect(notOfLog).toBeUndefined()
  })

  test("is no log that is given if what it decides was never submitted, or is taken back", () => {
    const begins = { contents: [], told: [] }
    const [one, other] = [1, 2].map((value) => symbolic.sign({ owner: client("c1") }, value))
    if (one === undefined || other === undefined) throw new Error("nothing was signed")
    const told = (...names: ReadonlyArray<string>) => ({ contents: [one], told: names })
    const isStep = (...[before, after]: [typeof begins | ReturnType<typeof told>, object]) =>
      refinesLog.allows({ clients: [client("c1")] }, before, after as typeof begins)
    expect(refinesLog.begins({ clients: [] }, begins)).toBe(true)
    expect(refinesLog.begins({ clients: [] }, told())).toBe(false)
    expect(isStep(begins, told("s1"))).toBe(true)
    expect(isStep(told("s1"), told("s1", "s2"))).toBe(true)
    expect(isStep(begins, told("s1", "s2"))).toBe(false)
    expect(isStep(told("s1"), told("s2"))).toBe(false)
    expect(isStep(told("s1", "s2"), told("s1"))).toBe(false)
    expect(isStep(told("s1"), { contents: [other], told: ["s1", "s2"] })).toBe(false)
    expect(isStep(told("s1"), { contents: [one, other], told: ["s1", "s2"] })).toBe(false)
    const stranger = symbolic.sign({ owner: client("c2") }, 1)
    expect(isStep(begins, { contents: [stranger], told: ["s1"] })).toBe(false)
    const forgery = { ...one, signature: forged }
    expect(isStep(begins, { contents: [forgery], told: ["s1"] })).toBe(false)
  })

  test("nothing is prepared that the primary has not proposed, whoever has voted for it", () => {
    const request = symbolic.sign({ owner: client("c1") }, 1)
    const proposal = { view: 0, request }
    const isPreparedBy = (name: string, ...voters: ReadonlyArray<string>) => {
      const rules = variants.find((variant) => variant.name === name)?.rules
      if (rules === undefined) throw new Error(`no variant ${name}`)
      const context = {
        ...{ rules, cryptography: symbolic, clients: [client("c1")] },
        servers: servers("s1", "s2", "s3", "s4")
      }
      const votes = setOf(servers(...voters).map((owner) => symbolic.sign({ owner }, proposal)))
      return isPrepared(context, { ...nothingCollected, votes }, proposal)
    }
    expect(isPreparedBy("correct", "s1", "s2", "s3")).toBe(true)
    expect(isPreparedBy("correct", "s1", "s2")).toBe(false)
    expect(isPreparedBy("correct", "s2", "s3", "s4")).toBe(false)
    expect(isPreparedBy("proposal-not-needed", "s2", "s3", "s4")).toBe(true)
  })

  test("what proves a proposal is the votes for it, and no others", () => {
    const requests = [1, 2].map((value) => symbolic.sign({ owner: client("c1") }, value))
    const [mine, other] = requests.map((request) => ({ view: 0, request }))
    if (mine === undefined || other === undefined) throw new Error("two proposals")
    const [s1] = servers("s1")
    if (s1 === undefined) throw new Error("a replica")
    const [vote, stray] = [mine, other].map((proposal) => symbolic.sign({ owner: s1 }, proposal))
    if (vote === undefined || stray === undefined) throw new Error("two votes")
    const collected = { ...nothingCollected, votes: setOf([vote, stray]) }
    expect(proofOf(collected, mine)).toEqual([vote])
    expect(proofOf(collected, null)).toEqual([])
  })

  test("a backup accepts only the primary's proposals", () => {
    const moves = [liarVotes(0, 2), accepts("s2", 0, 2)]
    expect(play("correct", "s3", moves).refused).toBe(1)
    expect(play("primary-not-checked", "s3", moves).refused).toBeUndefined()
  })

  test("what proves a claim comes with it: a liar that votes to one replica only stops nobody", () => {
    const preparedByOne = [
      ...each(["s1", "s2"], (name) => accepts(name, 0, 1)),
      ...[only(["s1"], liarVotes(0, 1)), commits("s1")],
      ...each(["s1", "s2", "s3"], leaves)
    ]
    const moves = [...preparedByOne, accepts("s2", 1, 1), accepts("s3", 1, 1), accepts("s1", 1, 1)]
    const decided = [...each(["s1", "s2", "s3"], commits), decides("s3")]
    expect(play("correct", "s4", moves).refused).toBe(preparedByOne.length)
    expect(play("with-proofs", "s4", [...moves, ...decided]).refused).toBeUndefined()
  })

  test("what justifies a new view comes with it: a liar that leaves the view for the primary only stops nobody", () => {
    const begun = [
      ...[...each(["s2", "s3"], leaves), only(["s2"], liarClaims(1, null))],
      accepts("s2", 1, 2)
    ]
    const moves = [...begun, accepts("s3", 1, 2)]
    expect(play("correct", "s4", moves).refused).toBe(begun.length)
    expect(play("with-proofs", "s4", moves).refused).toBeUndefined()
  })

  test("with proofs every attack is refused as without", () => {
    for (const { liar, moves, refused } of Object.values(attacks))
      expect(play("with-proofs", liar, moves).refused).toBe(moves.indexOf(refused))
  })

  test("a replica is left behind when f+1 others are in later views, and not by one that hurries", () => {
    const behind = (moves: ReadonlyArray<Move>): boolean => {
      const { collected, view } = play("correct", "s4", moves).replicas.get("s1") as ReplicaState
      return isLeftBehind({ servers: servers("s1", "s2", "s3", "s4") }, collected, view)
    }
    expect(behind([liarClaims(1, null), liarClaims(2, null)])).toBe(false)
    expect(behind([leaves("s2")])).toBe(false)
    expect(behind([leaves("s2"), liarClaims(2, null)])).toBe(true)
    expect(behind([leaves("s2"), leaves("s3"), leaves("s1")])).toBe(false)
  })
})
