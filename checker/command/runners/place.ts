/** Where runners are, and the secret that they share, as the user writes them. */
import { readFileSync } from "node:fs"
import * as Result from "effect/Result"
import { partitionCount } from "../../engine/numbers.ts"
import type { Place } from "./link.ts"

/** The runners of a search: processes that the command starts, or others that listen. */
export type Runners =
  | { readonly _tag: "Own"; readonly count: number }
  | { readonly _tag: "Listening"; readonly places: ReadonlyArray<Place> }

/** The runners that the user wants, and the file of the secret that they share. */
export interface GivenRunners {
  readonly runners: Runners
  readonly secretFile: string | undefined
}

const maxPort = 65_535
/** A runner owns a partition at least. */
const maxRunners = partitionCount

/** `HOST:PORT`; port 0 is one that is free. */
export const placeOf = (text: string): Result.Result<Place, string> => {
  const parts = /^(\[[\da-f:.]+\]|[^:[\]]+):(\d{1,5})$/i.exec(text.trim())
  const port = Number(parts?.[2])
  return parts === null || port > maxPort
    ? Result.fail(`"${text}" is no place: write HOST:PORT, such as 10.0.0.7:6400`)
    : Result.succeed({ host: (parts[1] as string).replace(/^\[|\]$/g, ""), port })
}

/** A number of runners, or their places. */
export const runnersOf = (text: string): Result.Result<Runners, string> => {
  if (/^\d+$/.test(text)) {
    const count = Number(text)
    return count >= 1 && count <= maxRunners
      ? Result.succeed({ _tag: "Own", count })
      : Result.fail(`write a number from 1 to ${maxRunners}`)
  }
  const all = text.split(",")
  if (all.length > maxRunners) return Result.fail(`name at most ${maxRunners} runners`)
  const twice = all.find((place, at) => all.indexOf(place) !== at)
  if (twice !== undefined) return Result.fail(`${twice} is named twice`)
  return Result.map(Result.all(all.map(placeOf)), (places) => ({ _tag: "Listening", places }))
}

export const secretVariable = "QUORATE_SEARCH_SECRET"
const minSecretLength = 32

/** The secret in a file, or in the environment. */
export const secretOf = (file: string | undefined): Result.Result<string, string> => {
  const read = Result.try({
    try: () =>
      file === undefined ? (process.env[secretVariable] ?? "") : readFileSync(file, "utf8"),
    catch: (error) => `--secret: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`
  })
  return Result.flatMap(read, (text) => {
    const secret = text.trim()
    if (secret.length >= minSecretLength) return Result.succeed(secret)
    const made = "head -c 32 /dev/urandom | base64 > secret"
    return Result.fail(
      `--secret: runners share a secret of at least ${minSecretLength} characters, in a file (${made}) or in ${secretVariable}`
    )
  })
}
