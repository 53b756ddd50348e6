/**
 * A process that serves as a runner: it listens, and does its part of one search at a time.
 */
import { endianness } from "node:os"
import { getHeapStatistics } from "node:v8"
import * as Result from "effect/Result"
import { type Parcel, ParcelRefused } from "../../distributed/parcels.ts"
import { Mailbox } from "../../distributed/peers.ts"
import { SearchRunner } from "../../distributed/runner.ts"
import type { ReductionName } from "../../network/reductions.ts"
import { PageFile } from "../page-file.ts"
import { scenarioOf } from "../run-job.ts"
import type { Frame } from "./frames.ts"
import { type Link, linkTo, listenAt, type Place } from "./link.ts"
import { Command, decoded, Greeting, PeerFrame, type Reply } from "./messages.ts"

export interface HostOptions {
  readonly place: Place
  readonly secret: string
  readonly version: string
  /** Receives a line when a search begins and when it ends. */
  readonly say: (line: string) => void
}

const greetMilliseconds = 10_000

/** Listens, and serves one search after another until it is closed. */
export const serveSearches = async (
  options: HostOptions
): Promise<{ readonly place: Place; readonly close: () => void }> => {
  const { place, secret, version, say } = options
  let session: Session | undefined
  const listening = await listenAt(place, secret, (link) => {
    const silent = setTimeout(() => link.close("it did not greet"), greetMilliseconds)
    link.whenEnded(() => clearTimeout(silent))
    link.listen(
      closingOnRefusal(link, ({ head }) => {
        clearTimeout(silent)
        const greeting = decoded(Greeting, head)
        if (greeting._tag === "Peer") {
          if (session?.search !== greeting.search) link.close("it belongs to no search of this one")
          else session.admit(greeting.from, link)
          return
        }
        const isBusy = session !== undefined
        const reason = isBusy ? "it serves another search" : whyNot(greeting, version)
        if (reason !== undefined) {
          link.send({ _tag: "Refused", reason, isBusy } satisfies Reply)
          link.finish()
          return
        }
        say("a search begins")
        session = new Session(greeting.search, link, secret)
        link.whenEnded(() => {
          session?.end()
          session = undefined
          say("the search is over")
        })
      })
    )
  })
  return {
    place: listening.place,
    close: () => {
      listening.close()
      session?.end()
    }
  }
}

const whyNot = (
  greeting: { readonly version: string; readonly byteOrder: string },
  version: string
): string | undefined => {
  if (greeting.version !== version) return `it runs version ${version}, not ${greeting.version}`
  return greeting.byteOrder === endianness() ? undefined : "its machine orders bytes differently"
}

/** Hears frames; one that is refused ends the connection that it came from. */
const closingOnRefusal =
  (link: Link, hear: (frame: Frame) => void) =>
  (frame: Frame): void => {
    try {
      hear(frame)
    } catch (error) {
      link.close(`a frame was refused: ${reasonOf(error)}`)
    }
  }

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`)

type Join = Extract<Command, { readonly _tag: "Join" }>
type Ask = Extract<Command, { readonly _tag: "Ask" }>

/** A runner's part of one search, from the conductor's greeting until its connection ends. */
class Session {
  readonly search: string
  private readonly conductor: Link
  private readonly secret: string
  private readonly peers = new Map<number, Link>()
  private join: Join | undefined
  private epoch = -1
  private runner: SearchRunner | undefined
  /** By epoch: another runner may begin a little earlier than this one. */
  private mailboxes = new Map<number, Mailbox>()
  private readonly pages = new PageFile()
  private sentBytes = 0
  private sentParcels = 0
  private isOver = false

  constructor(search: string, conductor: Link, secret: string) {
    this.search = search
    this.conductor = conductor
    this.secret = secret
    conductor.listen(closingOnRefusal(conductor, ({ head }) => this.obey(decoded(Command, head))))
    this.reply({ _tag: "Ready" })
  }

  /** Admits a connection from another runner. */
  admit(from: number, link: Link): void {
    if (this.peers.has(from)) {
      link.close("this runner is connected already")
      return
    }
    this.peers.set(from, link)
    link.listen(
      closingOnRefusal(link, ({ head, bytes }) => {
        const frame = decoded(PeerFrame, head)
        if (frame.epoch >= this.epoch)
          this.mailboxOf(frame.epoch).deliver(from, { head: frame.head, bytes })
      })
    )
    link.whenEnded((reason) => {
      if (!this.isOver) this.reply({ _tag: "LostPeer", peer: from, reason })
    })
    this.replyOnceJoined()
  }

  end(): void {
    this.isOver = true
    this.conductor.close("the search is over")
    for (const link of this.peers.values()) link.close("the search is over")
    this.pages.close()
    this.runner = undefined
  }

  private obey(command: Command): void {
    if (command._tag === "Join") this.meet(command)
    else if (command._tag === "Begin") this.begin(command.epoch, command.reductions)
    else this.answer(command)
  }

  /** Connects to the runners after this one; those before it do the same. */
  private meet(join: Join): void {
    this.join = join
    join.runners.forEach((place, other) => {
      if (other <= join.index) return
      linkTo(place, this.secret).then(
        (link) => {
          link.send({ _tag: "Peer", search: this.search, from: join.index })
          this.admit(other, link)
        },
        (error) => this.reply({ _tag: "LostPeer", peer: other, reason: reasonOf(error) })
      )
    })
    this.replyOnceJoined()
  }

  private replyOnceJoined(): void {
    if (this.join !== undefined && this.peers.size === this.join.runners.length - 1)
      this.reply({ _tag: "Joined" })
  }

  private begin(epoch: number, reductions: ReadonlyArray<ReductionName>): void {
    const { join } = this
    if (join === undefined) throw new Error("a search begins before the runners are joined")
    const { name, text, properties, keeping } = join.searched
    const loaded = scenarioOf({
      ...{ name, text, properties, reductions, insistsOnReductions: false, expect: undefined }
    })
    const { model, checksDeadlock } = Result.getOrThrow(loaded)
    for (const old of this.mailboxes.keys()) if (old < epoch) this.mailboxes.delete(old)
    this.epoch = epoch
    const { index, runners } = join
    const setup = { model, reductions, checksDeadlock, keeping, index, count: runners.length }
    this.runner = new SearchRunner(
      { ...setup, pageStore: this.pages },
      {
        send: (to, parcel) => this.send(to, parcel),
        next: (from) => this.mailboxOf(epoch).next(from)
      }
    )
  }

  private send(to: number, { head, bytes }: Parcel): void {
    this.sentBytes += bytes.length
    this.sentParcels++
    this.peers.get(to)?.send({ epoch: this.epoch, head }, bytes)
  }

  private mailboxOf(epoch: number): Mailbox {
    const known = this.mailboxes.get(epoch)
    if (known !== undefined) return known
    const mailbox = new Mailbox()
    this.mailboxes.set(epoch, mailbox)
    return mailbox
  }

  private answer({ epoch, order }: Ask): void {
    const { runner } = this
    if (runner === undefined || epoch !== this.epoch) throw new Error("it asks before it begins")
    runner.answer(order).then(
      (answer) => {
        const { user, system } = process.cpuUsage()
        if (epoch === this.epoch)
          this.reply({
            ...{ _tag: "Answered", epoch, answer },
            heapBytes: getHeapStatistics().used_heap_size,
            peakBytes: process.resourceUsage().maxRSS * 1024,
            ...{ sentBytes: this.sentBytes, sentParcels: this.sentParcels },
            processorMicroseconds: user + system
          })
      },
      (error: unknown) => {
        const isRefusal = error instanceof ParcelRefused
        const reason = isRefusal ? `a parcel was refused: ${error.message}` : reasonOf(error)
        this.reply({ _tag: "Failed", reason })
      }
    )
  }

  private reply(reply: Reply): void {
    this.conductor.send(reply)
  }
}
