/**
 * The runners of a search, as its conductor sees them.
 */
import { randomUUID } from "node:crypto"
import { endianness } from "node:os"
import * as Schema from "effect/Schema"
import { type Answer, type Order, workerOf } from "../../distributed/messages.ts"
import type { ReductionName } from "../../network/reductions.ts"
import type { WorkerPort } from "../../parallel/conductor.ts"
import { exitCodes } from "../exit-codes.ts"
import { type Link, linkTo, type Place, textOf } from "./link.ts"
import { type Command, decoded, Reply, type Searched } from "./messages.ts"

/** An answer may take as long as a runner needs to pack all of its states again. */
const silentMilliseconds = 120_000

/** A runner cannot be used, or was lost on the way: the search cannot go on without it. */
export class RunnerLost extends Schema.TaggedError<RunnerLost>()("RunnerLost", {
  runner: Schema.String,
  reason: Schema.String
}) {
  readonly exitCode = exitCodes.unavailable

  override get message(): string {
    return `the search cannot go on without the runner at ${this.runner}: ${this.reason}`
  }
}

export interface FleetOptions {
  readonly runners: ReadonlyArray<Place>
  readonly secret: string
  readonly version: string
  readonly searched: Searched
  /** How long to wait for a runner that serves another search, which may just have ended. */
  readonly patienceMilliseconds?: number
}

/** What the runners have done in all. */
export interface Traffic {
  readonly sentBytes: number
  readonly sentParcels: number
  readonly processorSeconds: ReadonlyArray<number>
}

export class Fleet {
  private readonly members: ReadonlyArray<Member>
  private epoch = 0

  private constructor(members: ReadonlyArray<Member>) {
    this.members = members
  }

  /** Connects to all runners, and makes them connect to each other. */
  static async gather(options: FleetOptions): Promise<Fleet> {
    const { runners, searched } = options
    const search = randomUUID()
    const engaged = await Promise.allSettled(
      runners.map((_, index) => engage(options, index, search))
    )
    const fleet = new Fleet(engaged.flatMap((one) => (one.status === "fulfilled" ? one.value : [])))
    try {
      const lost = engaged.find((one) => one.status === "rejected")
      if (lost !== undefined) throw lost.reason
      await Promise.all(
        fleet.members.map((member, index) =>
          member.join({ _tag: "Join", index, runners, searched })
        )
      )
      return fleet
    } catch (error) {
      fleet.close()
      throw error
    }
  }

  /** Begins the search, or begins it again without some of the reductions. */
  start(reductions: ReadonlyArray<ReductionName>): ReadonlyArray<WorkerPort> {
    const epoch = ++this.epoch
    return this.members.map((member) => {
      member.begin(epoch, reductions)
      return workerOf((order) => member.ask(epoch, order))
    })
  }

  /** The memory that the runners hold besides the states, in bytes. */
  get heapBytes(): number {
    return this.members.reduce((sum, { last }) => sum + last.heapBytes, 0)
  }

  /** The most memory that the runners' processes have held, in bytes. */
  get peakBytes(): number {
    return this.members.reduce((sum, { last }) => sum + last.peakBytes, 0)
  }

  get traffic(): Traffic {
    const all = this.members.map(({ last }) => last)
    return {
      sentBytes: all.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
      sentParcels: all.reduce((sum, { sentParcels }) => sum + sentParcels, 0),
      processorSeconds: all.map(({ processorMicroseconds }) => processorMicroseconds / 1e6)
    }
  }

  close(): void {
    for (const member of this.members) member.close()
  }
}

const usualPatienceMilliseconds = 3000
const busyMilliseconds = 50

/** Connects to a runner, and asks it for this search. */
const engage = async (
  { runners, secret, version, patienceMilliseconds = usualPatienceMilliseconds }: FleetOptions,
  index: number,
  search: string
): Promise<Member> => {
  const place = runners[index] as Place
  const lost = (reason: string) => new RunnerLost({ runner: textOf(place), reason })
  const began = performance.now()
  for (;;) {
    const link = await linkTo(place, secret).catch((error: Error) => {
      throw lost(error.message)
    })
    const member = new Member(link, index, runners)
    const greeting = { _tag: "Conduct", version, byteOrder: endianness(), search }
    const refused = await member.greet(greeting)
    if (refused === undefined) return member
    member.close()
    if (!refused.isBusy || performance.now() - began > patienceMilliseconds)
      throw lost(refused.reason)
    await new Promise((resolve) => setTimeout(resolve, busyMilliseconds))
  }
}

type Refused = Extract<Reply, { readonly _tag: "Refused" }>
type Answered = Extract<Reply, { readonly _tag: "Answered" }>
type Waiting = {
  readonly take: (reply: Reply) => void
  readonly fail: (error: RunnerLost) => void
  readonly late: NodeJS.Timeout
}

/** One runner; it is asked one thing at a time. */
class Member {
  last: Omit<Answered, "_tag" | "epoch" | "answer"> = {
    ...{ heapBytes: 0, peakBytes: 0, sentBytes: 0, sentParcels: 0, processorMicroseconds: 0 }
  }
  private readonly link: Link
  private readonly name: string
  private readonly runners: ReadonlyArray<Place>
  private waiting: Waiting | undefined
  private lost: RunnerLost | undefined

  constructor(link: Link, index: number, runners: ReadonlyArray<Place>) {
    this.link = link
    this.runners = runners
    this.name = textOf(runners[index] as Place)
    link.listen(({ head }) => {
      try {
        this.hear(decoded(Reply, head))
      } catch (error) {
        link.close(`it sent a frame that is refused: ${(error as Error).message}`)
      }
    })
    link.whenEnded((reason) => this.lose(this.name, reason))
  }

  /** Greets the runner; returns why it refuses, if it does. */
  async greet(greeting: unknown): Promise<Refused | undefined> {
    const reply = await this.await(() => this.link.send(greeting))
    return reply._tag === "Refused" ? reply : undefined
  }

  async join(join: Extract<Command, { readonly _tag: "Join" }>): Promise<void> {
    await this.await(() => this.link.send(join))
  }

  begin(epoch: number, reductions: ReadonlyArray<ReductionName>): void {
    this.link.send({ _tag: "Begin", epoch, reductions } satisfies Command)
  }

  async ask(epoch: number, order: Order): Promise<Answer> {
    const command: Command = { _tag: "Ask", epoch, order }
    const reply = await this.await(() => this.link.send(command))
    if (reply._tag !== "Answered" || reply.epoch !== epoch)
      throw new RunnerLost({ runner: this.name, reason: `it answered with ${reply._tag}` })
    this.last = reply
    return reply.answer
  }

  close(): void {
    this.link.close("the search is over")
  }

  private await(send: () => void): Promise<Reply> {
    return new Promise((take, fail) => {
      if (this.lost !== undefined) return fail(this.lost)
      const late = setTimeout(
        () => this.lose(this.name, `it was silent for ${silentMilliseconds / 1000} s`),
        silentMilliseconds
      )
      if (this.waiting !== undefined) clearTimeout(this.waiting.late)
      this.waiting = { take, fail, late }
      send()
    })
  }

  private hear(reply: Reply): void {
    if (reply._tag === "LostPeer") {
      const peer = this.runners[reply.peer]
      const between = `its connection to the one at ${this.name}: ${reply.reason}`
      this.lose(peer === undefined ? this.name : textOf(peer), between)
    } else if (reply._tag === "Failed") this.lose(this.name, reply.reason)
    else {
      const { waiting } = this
      if (waiting === undefined) return
      clearTimeout(waiting.late)
      this.waiting = undefined
      waiting.take(reply)
    }
  }

  private lose(runner: string, reason: string): void {
    this.lost ??= new RunnerLost({ runner, reason })
    const { waiting } = this
    this.waiting = undefined
    if (waiting === undefined) return
    clearTimeout(waiting.late)
    waiting.fail(this.lost)
  }
}
