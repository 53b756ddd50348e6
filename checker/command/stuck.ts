/**
 * Looks into a thread that is stuck in a function that does not return: which state the function
 * received, and where in the author's file it is. Only the JavaScript debugger can stop it there.
 */
import type { Session } from "node:inspector"
import { basename } from "node:path"
import type { Worker } from "node:worker_threads"
import { askedAbout } from "../relation/asking.ts"
import { shortened } from "./shortened.ts"
import type { Question } from "./watch.ts"

/** What the debugger saw, as far as it saw anything. */
export interface Sight {
  readonly state?: string
  readonly place?: string
}

const nothing: Sight = {}
const patienceMilliseconds = 3_000
const maxStateText = 500

const asks = "quorateAskedAbout"

/** From now on the debugger can ask this thread which state its function received. */
export const tellStateWhenAsked = (): void => {
  Object.assign(globalThis, {
    [asks]: () => shortened(JSON.stringify(askedAbout()) ?? "", maxStateText)
  })
}

/** What the thread is doing, if this thread started it. */
export const lookInto = async (worker: Worker, { thread }: Question): Promise<Sight> => {
  // Of the threads that it started itself, only their notes are known.
  if (thread > 0) return nothing
  try {
    // Not every Node has the inspector.
    const inspector = await import("node:inspector")
    return await Promise.race([
      new Promise<Sight>((resolve) => {
        new Look(new inspector.Session(), worker.threadId, resolve).begin()
      }),
      new Promise<Sight>((resolve) => setTimeout(resolve, patienceMilliseconds, nothing).unref())
    ])
  } catch {
    return nothing
  }
}

/** What the debugger reports, as far as this module uses it. */
interface Heard {
  readonly id?: number
  readonly method?: string
  readonly params?: {
    readonly scriptId?: string
    readonly url?: string
    readonly callFrames?: ReadonlyArray<Frame>
  }
  readonly result?: { readonly result?: { readonly value?: unknown } }
}
interface Frame {
  readonly callFrameId: string
  readonly location: {
    readonly scriptId: string
    readonly lineNumber: number
    readonly columnNumber: number
  }
}

class Look {
  private readonly session: Session
  private readonly scripts = new Map<string, string>()
  private readonly threadId: number
  private readonly tell: (sight: Sight) => void
  private sessionId = ""
  private sent = 0
  private asked = 0
  private place: string | undefined

  constructor(session: Session, threadId: number, tell: (sight: Sight) => void) {
    this.session = session
    this.threadId = threadId
    this.tell = tell
  }

  begin(): void {
    const { session } = this
    session.connect()
    session.on("NodeWorker.attachedToWorker", ({ params }) => {
      if (params.workerInfo.workerId !== `${this.threadId}`) return
      this.sessionId = params.sessionId
      this.send("Debugger.enable")
      this.send("Debugger.pause")
    })
    session.on("NodeWorker.receivedMessageFromWorker", ({ params }) => {
      if (params.sessionId === this.sessionId) this.hear(JSON.parse(params.message) as Heard)
    })
    session.post("NodeWorker.enable", { waitForDebuggerOnStart: false })
  }

  private send(method: string, params: object = {}): number {
    const message = JSON.stringify({ id: ++this.sent, method, params })
    this.session.post("NodeWorker.sendMessageToWorker", { sessionId: this.sessionId, message })
    return this.sent
  }

  private hear({ id, method, params, result }: Heard): void {
    if (method === "Debugger.scriptParsed")
      this.scripts.set(params?.scriptId ?? "", params?.url ?? "")
    if (method === "Debugger.paused") this.askIn(params?.callFrames ?? [])
    if (id !== undefined && id === this.asked) this.end(result?.result?.value)
  }

  private askIn(frames: ReadonlyArray<Frame>): void {
    this.place = this.placeIn(frames)
    const callFrameId = frames[0]?.callFrameId
    const expression = `globalThis.${asks}?.()`
    this.asked = this.send("Debugger.evaluateOnCallFrame", { callFrameId, expression })
  }

  /** The innermost place in a file of the author's. */
  private placeIn(frames: ReadonlyArray<Frame>): string | undefined {
    for (const { location } of frames) {
      const url = this.scripts.get(location.scriptId) ?? ""
      if (url.startsWith("file:") && !url.includes("/.build/") && !url.includes("/node_modules/"))
        return `${basename(url)}:${location.lineNumber + 1}:${location.columnNumber + 1}`
    }
    return undefined
  }

  /** A stopped thread cannot be terminated: it must resume first. */
  private end(value: unknown): void {
    this.send("Debugger.disable")
    this.session.disconnect()
    this.tell({
      ...(typeof value === "string" && value !== "" ? { state: value } : {}),
      ...(this.place === undefined ? {} : { place: this.place })
    })
  }
}
