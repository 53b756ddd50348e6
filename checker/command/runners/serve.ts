/**
 * `quorate runner --listen`: serves searches until it is told to stop.
 */
import * as Result from "effect/Result"
import { version } from "../version.ts"
import { serveSearches } from "./host.ts"
import { textOf } from "./link.ts"
import { listening } from "./own.ts"
import { placeOf, secretOf } from "./place.ts"

export interface ServeOptions {
  readonly listen: string
  readonly secretFile: string | undefined
  /** Aborted when the user wants to stop. */
  readonly signal: AbortSignal
}

/** Returns why it cannot serve, or nothing when it was stopped. */
export const serve = async ({
  listen,
  secretFile,
  signal
}: ServeOptions): Promise<string | undefined> => {
  const given = Result.all([Result.mapError(placeOf(listen), listenFlag), secretOf(secretFile)])
  if (Result.isFailure(given)) return given.failure
  const [place, secret] = given.success
  // A runner that another command has started says nothing to the user.
  const isOwn = process.channel !== undefined && process.channel !== null
  const say = (line: string) => {
    if (!isOwn) process.stderr.write(`${line}\n`)
  }
  const serving = await serveSearches({ place, secret, version, say }).catch(
    (error: NodeJS.ErrnoException) => error.code ?? error.message
  )
  if (typeof serving === "string") return listenFlag(`${listen} cannot be used (${serving})`)
  process.stdout.write(`${listening}${textOf(serving.place)}\n`)
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener("abort", () => resolve(), { once: true })
  })
  serving.close()
  return undefined
}

const listenFlag = (problem: string): string => `--listen: ${problem}`
