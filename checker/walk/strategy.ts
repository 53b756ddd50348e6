/**
 * How a run chooses its steps. No single way finds every fault soon: some faults need two
 * concurrent clients, some a server that receives nothing for long, some a single late message. So
 * each run draws its own strategy from its seed.
 *
 * A strategy sorts the possible transitions into tiers, orders each tier by groups, and leaves the
 * rest to chance. The run takes the first tier first; transitions that are held back move only when
 * nothing else can.
 */
import { category, type Grouping } from "./features.ts"
import { draw, fraction } from "./random.ts"

export const strategyNames = ["even", "priorities", "starving", "late", "minorities"] as const
export type StrategyName = (typeof strategyNames)[number]

/**
 * Groups of transitions that are drawn again every 2^`period` steps, each group at a different
 * time.
 */
export interface Drawn {
  readonly by: Grouping
  readonly period: number
}

export interface Strategy {
  readonly name: StrategyName
  /** Groups precede others in a drawn order. */
  readonly order: Drawn
  /** Drawn groups are held back: of each category (by its number) this share. */
  readonly hold: Drawn
  readonly shares: ReadonlyArray<number>
  /**
   * A request to several servers is held back at up to this many of them, drawn for each request.
   * If 0, `shares` applies.
   */
  readonly missed: number
  /**
   * The probability, at each step, that a node that may crash does so now. Otherwise none does
   * while others can move.
   */
  readonly crashing: number
}

/** A period that is longer than any run. */
export const forEver = 30

const evenly: Drawn = { by: "message", period: 0 }

/** The share of each category that is held back. */
const shares = (given: Partial<Record<keyof typeof category, number>>): ReadonlyArray<number> =>
  Object.keys(category).map((name) => given[name as keyof typeof category] ?? 0)

/** What a run draws: a fraction for a purpose, or one of several things. */
class Draws {
  private readonly seed: number
  private readonly run: number

  constructor(seed: number, run: number) {
    this.seed = seed
    this.run = run
  }

  fraction(purpose: string): number {
    return fraction(draw(this.seed, this.run, purpose))
  }

  among<const A>(purpose: string, ...given: ReadonlyArray<A>): A {
    return given[Math.floor(this.fraction(purpose) * given.length)] as A
  }
}

/**
 * The strategy of a run among the given number of servers; `name` is drawn too unless it is given.
 */
export const strategyOf = (
  seed: number,
  run: number,
  servers: number,
  name?: StrategyName
): Strategy => {
  const draws = new Draws(seed, run)
  const crashing = draws.among("whether crashing", true, false)
    ? 2 ** -draws.among("crashing", 1, 2, 3, 4, 5, 6)
    : 0
  const plain: Strategy = {
    name: "even",
    order: evenly,
    hold: evenly,
    shares: shares({}),
    missed: 0,
    crashing
  }
  const chosen = name ?? draws.among("strategy", ...tickets)
  return { ...plain, ...strategies[chosen](draws, servers), name: chosen }
}

/**
 * How often each strategy is drawn: those that find most, most often; the others for what those
 * miss.
 */
const weights: Readonly<Record<StrategyName, number>> = {
  even: 1,
  priorities: 1,
  starving: 1,
  late: 2,
  minorities: 5
}

const tickets = strategyNames.flatMap((name) => Array.from({ length: weights[name] }, () => name))

const strategies: Readonly<
  Record<StrategyName, (draws: Draws, servers: number) => Partial<Strategy>>
> = {
  /** Every possible transition has the same chance. */
  even: () => ({}),

  /**
   * Priorities with change points, as in PCT: of nodes, or of clients together with the steps that
   * serve them.
   */
  priorities: (draws) => ({
    order: {
      by: draws.among("order", "client", "node", "message"),
      period: draws.among("order period", 0, 2, 3, 4, 5, 6, forEver)
    }
  }),

  /** Some nodes or links receive nothing for a while. */
  starving: (draws) => ({
    hold: {
      by: draws.among("hold", "node", "link"),
      period: draws.among("hold period", 3, 4, 5, 6, forEver)
    },
    shares: shares(held(draws.among("share", 0.15, 0.3, 0.5), 0))
  }),

  /** Some messages are late, and some invocations wait until everything else is quiet. */
  late: (draws) => ({
    order: draws.among("order", evenly, { by: "message", period: forEver }),
    hold: { by: "message", period: draws.among("hold period", 4, forEver, forEver) },
    shares: shares(held(draws.among("share", 0.1, 0.2, 0.3, 0.5), draws.among("waiting", 0, 0.5)))
  }),

  /**
   * Each request misses a few servers, which quorums must tolerate: every phase uses a quorum of
   * its own.
   */
  minorities: (draws, servers) => ({
    order: draws.among(
      "order",
      evenly,
      { by: "message", period: forEver },
      { by: "node", period: 3 },
      { by: "client", period: 3 },
      { by: "client", period: forEver }
    ),
    hold: { by: "message", period: draws.among("hold period", 4, forEver, forEver) },
    shares: shares({
      invocation: draws.among("waiting", 0, 0.5, 1),
      answer: draws.among("answers", 0, 0.05, 0.1),
      notice: draws.among("notices", 0.25, 0.5, 0.75)
    }),
    missed: Math.min(servers - 1, 1 + Math.floor(draws.fraction("missed") * Math.ceil(servers / 2)))
  })
}

const held = (share: number, invocation: number) => ({
  invocation,
  choice: share,
  request: share,
  answer: share,
  notice: share
})
