/** An invalid scenario is reported in one line, with the place and a hint: unknown names. */
import { describe, expect, it } from "vitest"
import { refusal } from "./refused.ts"

describe("a scenario with", () => {
  it("an unknown protocol: names the protocol that was meant", () => {
    expect(
      [
        refusal({ protocol: "majorty" }),
        refusal({ protocol: "paxos" }),
        refusal({ protocol: "" })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: protocol: there is no protocol "majorty" — did you mean "majority"?
      file.json: protocol: there is no protocol "paxos" — known: majority, majority-registers, combining, supermajority, masking, administered, forgetting, naive, consensus, pbft, membership, membership-move, membership-timers, membership-checkpoints, dbqs, rambo, rambo-ii, rds, rambo-registers, rambo-reclaiming, weak-snapshot, dynastore
      file.json: protocol: there is no protocol "" — known: majority, majority-registers, combining, supermajority, masking, administered, forgetting, naive, consensus, pbft, membership, membership-move, membership-timers, membership-checkpoints, dbqs, rambo, rambo-ii, rds, rambo-registers, rambo-reclaiming, weak-snapshot, dynastore"
    `)
  })

  it("several mistakes: reports all of them together, in any order of reading", () => {
    const text = refusal({
      faults: { crash: { servers: 1 } },
      description: 7,
      clients: [["wriet 1"]],
      expect: { atomicty: "holds" }
    })
    for (const part of [
      /faults\.crash: unknown field "crash"/,
      /description: expected a text/,
      /clients\[0\]\[0\]: majority has no operation/,
      /expect\.atomicty: .*did you mean "atomicity"/
    ])
      expect(text).toMatch(part)
    expect(text.split("\n")).toHaveLength(4)
  })

  it("an unknown variant: names the variant that was meant, or all of them", () => {
    expect(
      [
        refusal({ variant: "quorum-one-shortt" }),
        refusal({ variant: "mutant" }),
        refusal({ protocol: "naive", variant: "correct" })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: variant: majority has no variant "quorum-one-shortt" — did you mean "quorum-one-short"?
      file.json: variant: majority has no variant "mutant" — known: correct, read-stored-value-at-once, read-stored-at-read-quorum, read-without-set-phase, write-without-get-phase, timestamp-without-client, quorum-one-short, late-get-reply-counted, removed-register-forgotten, older-set-not-acknowledged, set-only-to-answerers
      file.json: variant: naive has no variant "correct" — known: online, stop-the-world, stop-the-world-unconfirmed, write-locked, write-locked-collect-anywhere, write-locked-late-answers-counted, write-locked-unlock-early"
    `)
  })

  it("an unknown field: names the field that was meant", () => {
    expect(
      [
        refusal({ client: [["read"]] }),
        refusal({ crashes: 1 }),
        refusal({ faults: { crash: { servers: 1 } } }),
        refusal({ faults: { crashes: { server: 1 } } }),
        refusal({ faults: { amnesa: { servers: 1 } } }),
        refusal({ faults: { amnesia: { servers: 1, restart: "as-new" } } }),
        refusal({ faults: { corruptions: { overhear: "everything" } } }),
        refusal({ quorums: { wieghts: { s1: 1 } } }),
        refusal({ quorums: { weights: { s1: 1 }, treshold: 1 } })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: client: unknown field "client" — did you mean "clients"?
      file.json: crashes: unknown field "crashes" — known: description, protocol, variant, servers, configuration, quorums, directory, administrator, clients, faults, after, bounds, properties, expect
      file.json: faults.crash: unknown field "crash" — did you mean "crashes"?
      file.json: faults.crashes.server: unknown field "server" — did you mean "servers"?
      file.json: faults.amnesa: unknown field "amnesa" — did you mean "amnesia"?
      file.json: faults.amnesia.restart: unknown field "restart" — did you mean "restarts"?
      file.json: faults.corruptions.overhear: unknown field "overhear" — did you mean "overhears"?
      file.json: quorums.wieghts: unknown field "wieghts" — did you mean "weights"?
      file.json: quorums.treshold: unknown field "treshold" — did you mean "threshold"?"
    `)
  })

  it("a directory where none is allowed: reports it", () => {
    expect(
      [
        refusal({ directory: true }),
        refusal({ protocol: "rambo", directory: "yes" }),
        refusal({ protocol: "rambo", directory: true, servers: ["d", "s2"] }),
        refusal({ protocol: "rambo", directory: true, faults: { crashes: { directory: 1 } } })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: directory: majority makes no use of a directory — remove it, or check administered or rambo or rambo-ii or rds or dynastore
      file.json: directory: expected true or false
      file.json: servers[0]: d is the name of the directory — choose another name
      file.json: faults.crashes.directory: unknown field "directory" — known: servers, clients, while"
    `)
  })

  it("an unknown property: names the property that was meant", () => {
    expect(
      [
        refusal({ properties: ["atomicty"] }),
        refusal({ properties: ["atomicity", "liveness"] }),
        refusal({ expect: { atomcity: "holds" } }),
        refusal({ properties: ["atomicity"], expect: { "deadlock-freedom": "holds" } }),
        refusal({ properties: [], expect: { atomicity: "holds" } })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: properties[0]: majority has no property "atomicty" — did you mean "atomicity"?
      file.json: properties[1]: majority has no property "liveness" — known: atomicity, timestamps-grow, timestamps-name-values, termination, static-liveness, refines-ordered-register, deadlock-freedom
      file.json: expect.atomcity: "atomcity" is not among the properties that are checked — did you mean "atomicity"?
      file.json: expect.deadlock-freedom: "deadlock-freedom" is not among the properties that are checked — known: atomicity
      file.json: properties: no property is named, so nothing would be checked — name one, or leave the field out for all"
    `)
  })

  it("an unknown server: names the server that was meant, wherever servers are named", () => {
    expect(
      [
        refusal({ configuration: ["s1", "s4"] }),
        refusal({ servers: ["alpha", "beta"], configuration: ["alpha", "betta"] }),
        refusal({ servers: ["alpha", "beta"], configuration: ["gamma"] }),
        refusal({ protocol: "naive", clients: [["read", "reconfigure +s1 -s9"]] }),
        refusal({ quorums: { sets: [["s1", "s9"]] } }),
        refusal({ quorums: { weights: { s1: 1, s9: 1 } } }),
        refusal({ quorums: { read: "majority", write: { sets: [["s9"]] } } }),
        refusal({ configuration: ["s1", "s2"], quorums: { sets: [["s1", "s3"]] } })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: configuration[1]: there is no server s4 — known: s1, s2, s3
      file.json: configuration[1]: there is no server betta — did you mean "beta"?
      file.json: configuration[0]: there is no server gamma — known: alpha, beta
      file.json: clients[0][1]: there is no server s9 — known: s1, s2, s3
      file.json: quorums: the read quorums name s9, which is not a member — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums: the read quorums name s9, which is not a member — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums: the write quorums name s9, which is not a member — every read quorum must meet every write quorum, and all must consist of members
      file.json: quorums: the read quorums name s3, which is not a member — every read quorum must meet every write quorum, and all must consist of members"
    `)
  })

  it("an operation that is none: shows how operations are written", () => {
    expect(
      [
        refusal({ clients: [["wirte 1"]] }),
        refusal({ clients: [["read"], ["read", "write"]] }),
        refusal({ clients: [["read 1"]] }),
        refusal({ clients: [["write 1 2"]] }),
        refusal({ clients: [["Write 1"]] }),
        refusal({ clients: [[""]] }),
        refusal({ clients: [["reconfigure +s1"]] }),
        refusal({ protocol: "naive", clients: [["reconfigure s1"]] }),
        refusal({ protocol: "naive", clients: [["reconfigure"]] }),
        refusal({ protocol: "naive", clients: [["reconfigure +s1 -s1"]] })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: clients[0][0]: majority has no operation "wirte 1" — write "write VALUE" or "read"
      file.json: clients[1][1]: "write" is not how write is written — write "write VALUE" or "read"
      file.json: clients[0][0]: "read 1" is not how read is written — write "write VALUE" or "read"; a value is one word
      file.json: clients[0][0]: "write 1 2" is not how write is written — write "write VALUE" or "read"; a value is one word
      file.json: clients[0][0]: majority has no operation "Write 1" — write "write VALUE" or "read"
      file.json: clients[0][0]: majority has no operation "" — write "write VALUE" or "read"
      file.json: clients[0][0]: majority has no operation "reconfigure +s1" — write "write VALUE" or "read"
      file.json: clients[0][0]: "reconfigure s1" is not how reconfigure is written — write "write VALUE" or "read" or "reconfigure +SERVER… -SERVER…"
      file.json: clients[0][0]: "reconfigure" is not how reconfigure is written — write "write VALUE" or "read" or "reconfigure +SERVER… -SERVER…"
      file.json: clients[0][0]: s1 is both added and removed — do one of the two"
    `)
  })
})
