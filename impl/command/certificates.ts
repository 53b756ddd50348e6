/**
 * `quorate certificates`: an authority for trying, and keys for nodes, clients and administrators.
 */
import { X509Certificate } from "node:crypto"
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { isName } from "../directory/directory.ts"
import { type Certified, certify, makeAuthority } from "../keys/certificates.ts"
import { revokedName } from "../keys/keys.ts"
import { CommandFailed, exitCodes, refuse } from "./failure.ts"

const flags = {
  out: Flag.String("out").pipe(
    Flag.withMetavar("FOLDER"),
    Flag.withDescription("The folder for the keys; an authority that exists there is used again"),
    Flag.withDefault("quorate-keys")
  ),
  nodes: Flag.String("nodes").pipe(
    Flag.withMetavar("NAME,…"),
    Flag.withDescription("The nodes that need keys"),
    Flag.withDefault("s1,s2,s3")
  ),
  clients: Flag.String("clients").pipe(
    Flag.withMetavar("NAME,…"),
    Flag.withDescription("The clients that need keys"),
    Flag.withDefault("client")
  ),
  administrators: Flag.String("administrators").pipe(
    Flag.withMetavar("NAME,…"),
    Flag.withDescription("The clients that may reconfigure and need keys"),
    Flag.withDefault("administrator")
  ),
  revoke: Flag.String("revoke").pipe(
    Flag.withMetavar("NAME,…"),
    Flag.withDescription(
      "Revoke the certificates of these, by a line in the file revoked; nodes read it when they start, and at SIGHUP"
    ),
    Flag.withDefault("")
  ),
  days: Flag.Int("days").pipe(
    Flag.withDescription("How long they are valid"),
    Flag.withDefault(365)
  )
}

const namesIn = (list: string): ReadonlyArray<string> =>
  list.trim() === "" ? [] : list.split(",").map((name) => name.trim())

/** Adds the serial numbers of these certificates to the revoked ones. */
const takeBack = Effect.fnUntraced(function* (out: string, names: ReadonlyArray<string>) {
  const numbers = yield* Effect.try({
    try: () => {
      const found = names.map(
        (name) => new X509Certificate(readFileSync(join(out, `${name}.pem`))).serialNumber
      )
      appendFileSync(join(out, revokedName), found.map((number) => `${number}\n`).join(""))
      return found
    },
    catch: (error) =>
      new CommandFailed({
        message: `--revoke: ${(error as Error).message}`,
        exitCode: exitCodes.badInput
      })
  })
  yield* Console.log(
    [
      ...names.map(
        (name, index) => `the certificate of ${name} is revoked (number ${numbers[index]})`
      ),
      `give ${join(out, revokedName)} to all nodes, and send each SIGHUP; quorate certificates makes new keys`
    ].join("\n")
  )
})

export const certificatesCommand = Command.make(
  "certificates",
  flags,
  Effect.fnUntraced(function* ({ out, nodes, clients, administrators, revoke, days }) {
    if (revoke !== "") return yield* takeBack(out, namesIn(revoke))
    const holders = [
      ...namesIn(nodes).map((name) => [name, "node"] as const),
      ...namesIn(clients).map((name) => [name, "client"] as const),
      ...namesIn(administrators).map((name) => [name, "administrator"] as const)
    ]
    const bad = holders.find(([name]) => !isName(name) || name === "authority")
    if (bad !== undefined)
      return yield* refuse(`"${bad[0]}" is not a valid name for a node or a client`)
    const twice = holders.find(
      ([name], index) => holders.findIndex(([other]) => other === name) !== index
    )
    if (twice !== undefined) {
      return yield* refuse(
        `"${twice[0]}" is named twice, and would have one certificate — leave one out`
      )
    }
    if (days < 1 || days > 3650) return yield* refuse("--days: write a number from 1 to 3650")
    const now = new Date(yield* Clock.currentTimeMillis)
    const write = (name: string, { certificate, key }: Certified): void => {
      writeFileSync(join(out, `${name}.pem`), certificate)
      writeFileSync(join(out, `${name}.key`), key, { mode: 0o600 })
    }
    yield* Effect.try({
      try: () => {
        mkdirSync(out, { recursive: true, mode: 0o700 })
        const authorityKey = join(out, "authority.key")
        if (!existsSync(authorityKey)) write("authority", makeAuthority(days, now))
        const authority = readFileSync(authorityKey, "utf8")
        for (const [name, role] of holders) write(name, certify(authority, name, role, days, now))
      },
      catch: (error) =>
        new CommandFailed({
          message: `--out: ${(error as Error).message}`,
          exitCode: exitCodes.badInput
        })
    })
    yield* Console.log(
      [
        `keys for ${holders.map(([name]) => name).join(", ")} are in ${out}`,
        `authority.key signs others: keep it away from nodes; each of them needs authority.pem and its own two files`,
        ...holders
          .filter(([name, role]) => role === "client" && name !== "client")
          .map(
            ([name]) => `the client ${name} takes its keys with --keys ${join(out, `${name}.pem`)}`
          )
      ].join("\n")
    )
  })
).pipe(
  Command.withDescription(
    "Make an authority and keys for nodes, clients and administrators, to try them out"
  )
)
