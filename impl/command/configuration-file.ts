/**
 * `--config FILE`: flags from a file, for a service whose command line never changes. The file is a
 * JSON object of flags without their dashes:
 *
 * `{"name": "s1", "data": "/var/lib/quorate/s1", "memory-bytes": 1000000000, "begin": true}`
 *
 * A flag on the command line overrides the same flag in the file.
 */
import { readFileSync } from "node:fs"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { JsonReader } from "../environment/json-reader.ts"

/** The commands that accept the flag. */
const commands = ["node", "gateway", "membership run"]

const Flags = Schema.Record(
  Schema.String.check(Schema.isPattern(/^[a-z][a-z-]*$/)),
  Schema.Union([Schema.String, Schema.Int, Schema.Boolean])
)
const decode = Schema.decodeUnknownResult(Flags, { onExcessProperty: "error" })

const example = 'write {"name": "s1", "data": "quorate-data/s1"}'

const isFlag = (word: string, name: string): boolean =>
  word === `--${name}` || word.startsWith(`--${name}=`) || word === `--no-${name}`

/** The file's name in `--config FILE` or `--config=FILE`. */
const fileIn = (given: ReadonlyArray<string>): string | undefined => {
  const word = given.find((one) => one === "--config" || one.startsWith("--config="))
  return word === "--config" ? given[given.indexOf(word) + 1] : word?.slice("--config=".length)
}

/** A flag of the file as words of the command line. */
const wordsOf = (name: string, value: string | number | boolean): ReadonlyArray<string> =>
  typeof value === "boolean" ? [value ? `--${name}` : `--no-${name}`] : [`--${name}=${value}`]

/** The arguments, with the flags of the file that they name, if any; or why the file is invalid. */
export const withConfiguration = async (
  given: ReadonlyArray<string>,
  reader: () => Promise<JsonReader>
): Promise<Result.Result<ReadonlyArray<string>, string>> => {
  const isTaken = commands.some((command) => `${given.join(" ")} `.startsWith(`${command} `))
  const file = isTaken ? fileIn(given) : undefined
  if (file === undefined) return Result.succeed(given)
  const refuse = (problem: string, mend: string) =>
    Result.fail(`--config: ${file}: ${problem} — ${mend}`)
  const text = Result.try(() => readFileSync(file, "utf8"))
  if (Result.isFailure(text)) {
    const { code } = text.failure as NodeJS.ErrnoException
    return refuse(`it cannot be read (${code})`, "name a file of JSON")
  }
  const data = (await reader())(text.success)
  if (Result.isFailure(data)) {
    const { place, problem, mend = example } = data.failure
    return refuse(`${place}: ${problem}`, mend)
  }
  const flags = decode(data.success)
  if (Result.isFailure(flags) || "config" in flags.success)
    return refuse(
      "it is not an object of flags whose values are strings, whole numbers, true or false",
      example
    )
  const more = Object.entries(flags.success)
    .filter(([name]) => !given.some((word) => isFlag(word, name)))
    .flatMap(([name, value]) => wordsOf(name, value))
  return Result.succeed([...given, ...more])
}
