/**
 * The durable processes. A storage node and a directory store before they send (second point of the
 * contract between processes and hosts), and so does a proposer, which must not use a ballot twice.
 * The clients of a register do not have to: one that forgets is a new client.
 */
import { expect, it } from "vitest"
import { protocols } from "../../spec/protocols.ts"

const roles = protocols.flatMap(({ name, roles }) =>
  Object.entries(roles).map(([role, { durable }]) => [name, role, durable] as const)
)

it.each(roles.filter(([, role]) => role === "server" || role === "directory"))(
  "in %s a %s does",
  (_name, _role, durable) => {
    expect(durable).toBe(true)
  }
)

it.each(roles.filter(([, role]) => role === "client"))(
  "in %s a %s is durable only if it proposes",
  (name, _role, durable) => {
    expect(durable).toBe(name === "consensus")
  }
)
