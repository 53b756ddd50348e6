/**
 * The cost of threshold keys, by f: to sign with a share, to verify a partial signature, to
 * combine, and to reshare when the membership service moves to 3f+1 other replicas.
 *
 * Each figure is the median of a few, in processor time, which other work on the machine changes
 * little. The figures of a move are sums: the work of one replica, and the bytes that all send.
 */
import { randomBytes } from "node:crypto"
import {
  complaintOf,
  dealFirst,
  type Expected,
  openPart,
  type Part,
  redeal,
  redealtShare
} from "../../impl/threshold/dealing.ts"
import { encodeCommitment, placeOf } from "../../impl/threshold/polynomial.ts"
import { readingHalf } from "../../impl/threshold/sealing.ts"
import {
  combine,
  hashToPoint,
  signWith,
  verifies,
  verifiesPartial
} from "../../impl/threshold/signing.ts"
import { lines, savePlot } from "./plot.ts"

const faults = [0, 1, 2, 3]

interface Row {
  readonly f: number
  /** Milliseconds. */
  readonly sign: number
  readonly verifyPart: number
  readonly combine: number
  readonly verify: number
  /** One replica deals; another verifies that; a new one opens what is dealt to it. */
  readonly deal: number
  readonly check: number
  readonly open: number
  /** What one replica does in a move. */
  readonly oldReplica: number
  readonly newReplica: number
  readonly kilobytes: number
}

/**
 * What the median of a few calls takes, in milliseconds of a processor, and what the last one
 * gives. (What is dealt does the same thing 128 times for each receiver: once is enough.)
 */
const timed = <A>(call: () => A, tries = 3): readonly [number, A] => {
  const took: Array<number> = []
  let last: A | undefined
  for (let at = 0; at < tries; at++) {
    const before = process.cpuUsage()
    last = call()
    took.push(process.cpuUsage(before).user / 1000)
  }
  return [took.sort((one, other) => one - other)[tries >> 1] ?? Number.NaN, last as A]
}

const measured = (f: number): Row => {
  const [members, threshold] = [3 * f + 1, 2 * f + 1]
  const holders = Array.from({ length: members }, (_, at) => `old ${at}`)
  const { commitment, shares } = dealFirst(holders, threshold, randomBytes(32))
  const [publicKey] = commitment
  const share = (holder: string): bigint => shares.get(holder) as bigint
  const point = hashToPoint("an epoch's certificate")
  const first = holders[0] as string
  const [sign, signature] = timed(() => signWith(share(first), point))
  const [verifyPart, isPart] = timed(() =>
    verifiesPartial(commitment, placeOf(first), point, signature)
  )
  const partials = holders
    .slice(0, threshold)
    .map((one) => ({ place: placeOf(one), signature: signWith(share(one), point) }))
  const [combining, combined] = timed(() => combine(threshold, partials))
  const [verify, isValid] = timed(() => combined && verifies(publicKey, point, combined))

  const readers = Array.from({ length: members }, (_, at) => {
    const secret = randomBytes(32)
    return { name: `new ${at}`, secret, readingHalf: readingHalf(secret) }
  })
  const expected: Expected = { number: 1, before: commitment, threshold, receivers: readers }
  const [deal, dealt] = timed(() => redeal(first, share(first), expected, randomBytes(32)), 1)
  const [check, complaint] = timed(() => complaintOf(dealt, expected), 1)
  const reader = readers[0] as (typeof readers)[number]
  const [open, part] = timed(() => openPart(dealt, 1, reader, reader.secret))
  const others = holders.slice(1, threshold).map((one) => {
    const to = { ...expected, receivers: [reader] }
    const dealing = redeal(one, share(one), to, randomBytes(32))
    return openPart(dealing, 1, reader, reader.secret) as Part
  })
  const parts = [part as Part, ...others]
  const [make, made] = timed(() => redealtShare(publicKey, threshold, reader.name, parts))
  if (!isPart || isValid !== true || complaint !== undefined || made === undefined)
    throw new Error(`with f = ${f}, what was signed or dealt does not verify`)
  const bytes =
    encodeCommitment(dealt.commitment).length +
    dealt.sealed.reduce((sum, { sealed }) => sum + sealed.length, 0)
  return {
    ...{ f, sign, verifyPart, combine: combining, verify, deal, check, open },
    // A move uses what 2f+1 replicas deal; the log of every old replica verifies each of them.
    oldReplica: deal + threshold * check,
    newReplica: threshold * open + make,
    kilobytes: (threshold * bytes) / 1000
  }
}

const columns = [
  ["f", (row: Row) => String(row.f)],
  ["replicas", (row: Row) => String(3 * row.f + 1)],
  ["sign", (row: Row) => told(row.sign)],
  ["verify a part", (row: Row) => told(row.verifyPart)],
  ["combine", (row: Row) => told(row.combine)],
  ["verify", (row: Row) => told(row.verify)],
  ["deal", (row: Row) => told(row.deal)],
  ["verify what is dealt", (row: Row) => told(row.check)],
  ["open", (row: Row) => told(row.open)],
  ["old replica", (row: Row) => told(row.oldReplica)],
  ["new replica", (row: Row) => told(row.newReplica)],
  ["kB in all", (row: Row) => told(row.kilobytes)]
] as const

const told = (figure: number): string => (figure < 100 ? figure.toFixed(1) : figure.toFixed(0))

export const dealing = (): void => {
  const rows = faults.map(measured)
  console.log("milliseconds of a processor; a move is from 3f+1 replicas to 3f+1 others")
  console.log(columns.map(([name]) => name).join("  "))
  for (const row of rows)
    console.log(columns.map(([name, of]) => of(row).padStart(name.length)).join("  "))
  const places = rows.map(({ f }) => f)
  const file = savePlot(
    "dealing",
    lines({
      title: "Moving a threshold key from 3f+1 replicas to 3f+1 others",
      unit: "processor seconds, one replica",
      along: "f",
      places,
      series: [
        { name: "deal, and verify all", figures: rows.map((row) => row.oldReplica / 1000) },
        { name: "open, and make a share", figures: rows.map((row) => row.newReplica / 1000) },
        { name: "verify one dealer", figures: rows.map((row) => row.check / 1000) }
      ]
    })
  )
  const signing = savePlot(
    "threshold-signing",
    lines({
      title: "Signing together, with 2f+1 of 3f+1 shares",
      unit: "processor milliseconds",
      along: "f",
      places,
      series: [
        { name: "sign with a share", figures: rows.map((row) => row.sign) },
        { name: "verify a part", figures: rows.map((row) => row.verifyPart) },
        { name: "combine", figures: rows.map((row) => row.combine) },
        { name: "verify", figures: rows.map((row) => row.verify) }
      ]
    })
  )
  console.log(`plots: ${file}, ${signing}`)
}
