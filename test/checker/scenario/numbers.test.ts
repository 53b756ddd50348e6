/**
 * An invalid scenario is reported in one line, with the place and a hint: numbers, lists and types.
 */
import { describe, expect, it } from "vitest"
import { maxNameLength } from "../../../spec/kernel/node.ts"
import { accepted, refusal } from "./refused.ts"

describe("a scenario with", () => {
  it("a number of servers out of range: says what the range is", () => {
    expect(
      [
        refusal({ servers: 0 }),
        refusal({ servers: -1 }),
        refusal({ servers: 2.5 }),
        refusal({ servers: 101 }),
        refusal({ servers: 1e300 }),
        refusal({ servers: "3" }),
        refusal({ servers: null }),
        refusal({ servers: [] }),
        refusal({ servers: ["s1", 2] })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: servers: expected a whole number from 1 to 100 (3 stands for s1, s2, s3), or a list of names such as ["s1", "s2"]
      file.json: servers: expected a whole number from 1 to 100 (3 stands for s1, s2, s3), or a list of names such as ["s1", "s2"]
      file.json: servers: expected a whole number from 1 to 100 (3 stands for s1, s2, s3), or a list of names such as ["s1", "s2"]
      file.json: servers: expected a whole number from 1 to 100 (3 stands for s1, s2, s3), or a list of names such as ["s1", "s2"]
      file.json: servers: expected a whole number from 1 to 100 (3 stands for s1, s2, s3), or a list of names such as ["s1", "s2"]
      file.json: servers: expected a whole number from 1 to 100 (3 stands for s1, s2, s3), or a list of names such as ["s1", "s2"]
      file.json: servers: expected a whole number from 1 to 100 (3 stands for s1, s2, s3), or a list of names such as ["s1", "s2"]
      file.json: servers: expected a whole number from 1 to 100 (3 stands for s1, s2, s3), or a list of names such as ["s1", "s2"]
      file.json: servers[1]: expected a whole number from 1 to 100 (3 stands for s1, s2, s3), or a list of names such as ["s1", "s2"]"
    `)
  })

  it("names of servers that cannot be: says which, and why", () => {
    expect(
      [
        refusal({ servers: ["s1", "s2", "s1"] }),
        refusal({ servers: ["s1", "c1"] }),
        refusal({ servers: ["1s"] }),
        refusal({ servers: ["s 1"] }),
        refusal({ servers: [""] }),
        refusal({ servers: ["s".repeat(maxNameLength + 1)] })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: servers[2]: the server s1 is named twice — name it once
      file.json: servers[1]: c1 is the name of a client — choose another name
      file.json: servers[0]: "1s" is not a name — use a letter, then letters, digits, _ . or '
      file.json: servers[0]: "s 1" is not a name — use a letter, then letters, digits, _ . or '
      file.json: servers[0]: "" is not a name — use a letter, then letters, digits, _ . or '
      file.json: servers[0]: the name has 201 characters — use at most 200"
    `)
    expect(accepted({ servers: ["s".repeat(maxNameLength)] }).model.system.nodes).toHaveLength(3)
  })

  it("crashes out of range: says what the range is", () => {
    expect(
      [
        refusal({ faults: { crashes: { servers: 4 } } }),
        refusal({ faults: { crashes: { clients: 3 } } }),
        refusal({ faults: { crashes: { servers: -1 } } }),
        refusal({ faults: { crashes: { servers: 0.5 } } }),
        refusal({ faults: { crashes: { servers: 1e9 } } }),
        refusal({ faults: { crashes: 1 } }),
        refusal({ faults: 1 })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: faults.crashes.servers: 4 servers cannot crash where there are only 3 — write a number from 0 to 3
      file.json: faults.crashes.clients: 3 clients cannot crash where there are only 2 — write a number from 0 to 2
      file.json: faults.crashes.servers: expected a whole number from 0 to 100, or a list of names
      file.json: faults.crashes.servers: expected a whole number from 0 to 100, or a list of names
      file.json: faults.crashes.servers: expected a whole number from 0 to 100, or a list of names
      file.json: faults.crashes: expected {"servers": 1, "clients": 0}, or a premise of liveness such as "dynamic-liveness"
      file.json: faults: expected {"crashes": {"servers": 1}} or {"corruptions": {"servers": 1}}"
    `)
  })

  it("scripts that are missing: says what is needed", () => {
    expect(
      [
        refusal({ clients: [] }),
        refusal({ clients: [[]] }),
        refusal({ clients: [["read"], []] }),
        refusal({ clients: ["read"] }),
        refusal({ clients: "read" }),
        refusal({ clients: [[1]] }),
        refusal({ clients: 2 }),
        refusal({ clients: [null] })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: clients: expected a list with one list of operations per client, such as [["write 1"], ["read"]]
      file.json: clients[0]: expected a list of at least one operation, such as ["write 1", "read"]
      file.json: clients[1]: expected a list of at least one operation, such as ["write 1", "read"]
      file.json: clients[0]: expected a list of at least one operation, such as ["write 1", "read"]
      file.json: clients: expected a list with one list of operations per client, such as [["write 1"], ["read"]]
      file.json: clients[0][0]: expected an operation in quotes, such as "write 1"
      file.json: clients: expected a list with one list of operations per client, such as [["write 1"], ["read"]]
      file.json: clients[0]: expected a list of at least one operation, such as ["write 1", "read"]"
    `)
  })

  it("quorums that do not do: says why", () => {
    expect(
      [
        refusal({ quorums: { sets: [["s1"], ["s2", "s3"]] } }),
        refusal({ quorums: { read: { sets: [["s1"]] }, write: { sets: [["s2"]] } } }),
        refusal({ quorums: { weights: { s1: 1, s2: 1, s3: 1 }, threshold: 1 } }),
        refusal({ quorums: { weights: { s1: 1 }, threshold: 2 } }),
        refusal({ quorums: { weights: { s1: -1, s2: 2 } } }),
        refusal({ quorums: { weights: { s1: 1.5 } } }),
        refusal({ quorums: { weights: { s1: 0 } } }),
        refusal({ quorums: { weights: { s1: 1 }, threshold: 0 } }),
        refusal({ quorums: { sets: [] } }),
        refusal({ quorums: { sets: [[]] } }),
        refusal({ quorums: "all" }),
        refusal({ quorums: { read: "majority" } }),
        refusal({ servers: 21, quorums: { sets: [["s1"]] } }),
        refusal({ configuration: [] })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: quorums: read quorum {s1} and write quorum {s2,s3} have no member in common: a read could miss a completed write — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums: read quorum {s1} and write quorum {s2} have no member in common: a read could miss a completed write — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums: read quorum {s1} and write quorum {s3} have no member in common: a read could miss a completed write — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums: all members together do not form a read quorum, so no read could ever complete — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums: a weight of the read quorums is negative — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums.weights.s1: expected "majority", "supermajority", {"weights": {"s1": 2, "s2": 1}, "threshold": 2}, {"sets": [["s1", "s2"]]}, or {"read": …, "write": …}
      file.json: quorums: all members together do not form a read quorum, so no read could ever complete — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums: the empty set would be a read quorum — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums: all members together do not form a read quorum, so no read could ever complete — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums: the empty set would be a read quorum — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums: expected "majority", "supermajority", {"weights": {"s1": 2, "s2": 1}, "threshold": 2}, {"sets": [["s1", "s2"]]}, or {"read": …, "write": …}
      file.json: quorums.read: unknown field "read" — remove it
      file.json: quorums: quorums that do not count members are examined set by set, for at most 20 members, not 21 — every read quorum must meet every write quorum, and all must consist of members
      file.json: configuration: a configuration needs at least one member — every read quorum must meet every write quorum, and all must consist of members"
    `)
  })

  it("values of another type: says what is expected there", () => {
    expect(
      [
        refusal({ protocol: 1 }),
        refusal({ variant: 1 }),
        refusal({ description: 1 }),
        refusal({ configuration: "s1" }),
        refusal({ configuration: 3 }),
        refusal({ properties: "atomicity" }),
        refusal({ properties: [1] }),
        refusal({ expect: "holds" }),
        refusal({ expect: { atomicity: true } }),
        refusal({ expect: { atomicity: "hold" } })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: protocol: expected the name of a protocol, such as "majority"
      file.json: variant: expected the name of a variant (quorate list shows them)
      file.json: description: expected a text
      file.json: configuration: expected a list of names of servers, such as ["s1", "s2"]
      file.json: configuration: expected a list of names of servers, such as ["s1", "s2"]
      file.json: properties: expected a list of names of properties, such as ["atomicity"]
      file.json: properties[0]: expected a list of names of properties, such as ["atomicity"]
      file.json: expect: expected a record such as {"atomicity": "holds"}
      file.json: expect.atomicity: expected "holds" or "violated"
      file.json: expect.atomicity: expected "holds" or "violated""
    `)
  })
})
