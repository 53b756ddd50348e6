/**
 * Addresses at which endpoints listen, written `host:port`, `[::1]:port` or, on this machine,
 * `:port`.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

export interface Address {
  readonly host: string
  readonly port: number
}

/** The text is not a valid address, or not a valid directory. */
export class DirectoryRefused extends Schema.TaggedError<DirectoryRefused>()("DirectoryRefused", {
  source: Schema.String,
  problem: Schema.String,
  mend: Schema.String
}) {
  override get message(): string {
    return `${this.source}: ${this.problem} — ${this.mend}`
  }
}

const loopback = "127.0.0.1"

export const parseAddress = (text: string): Result.Result<Address, DirectoryRefused> => {
  const parts = /^(?:\[([^\]]+)\]|([^:\s]*)):(\d{1,5})$/.exec(text.trim())
  const port = Number(parts?.[3])
  return parts === null || port > 65_535
    ? Result.fail(
        new DirectoryRefused({
          source: text === "" ? "an empty address" : text,
          problem: "this is not an address",
          mend: "write host:port, such as 127.0.0.1:7001"
        })
      )
    : Result.succeed({ host: parts[1] ?? (parts[2] || loopback), port })
}

export const describeAddress = ({ host, port }: Address): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`

/** Whether only this machine can reach the address. */
export const isLoopback = ({ host }: Address): boolean =>
  host === "localhost" || host === "::1" || /^127\./.test(host)
