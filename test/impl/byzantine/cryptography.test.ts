/**
 * Real cryptography implements the same interface as the symbolic one, and gives the same verdicts
 * on random keys, contents and forgeries, under any operations.
 */
import { createHmac, randomBytes } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  isSignatureShaped,
  publicKeyFrom,
  realCryptography,
  signatureWith
} from "../../../impl/byzantine/cryptography.ts"
import { Keyring } from "../../../impl/byzantine/keyring.ts"
import { administratorNamed, clientClaim, clientEndpoint } from "../../../impl/byzantine/names.ts"
import { type Cryptography, forged, symbolic } from "../../../spec/kernel/cryptography.ts"
import { equals } from "../../../spec/kernel/data.ts"

/** All nodes' secrets in one keyring, as a checker has all nodes' keys. */
const keyring = new Keyring()
const [seed, clientSeed, strangerSeed] = [randomBytes(32), randomBytes(32), randomBytes(32)]
const admin = administratorNamed("admin", publicKeyFrom(seed))
const clientOf = (own: Uint8Array, by: Uint8Array): string => {
  const key = publicKeyFrom(own)
  return `${clientEndpoint("web", key, signatureWith(by, clientClaim("web", key)))}/1`
}
const client = clientOf(clientSeed, seed)
const handles: Record<string, string> = {
  [admin]: keyring.add(seed),
  [client]: keyring.add(clientSeed)
}
const real = realCryptography({ keyring, administrator: admin })
const keyOf = (owner: string, cryptography: Cryptography) =>
  cryptography === symbolic ? { owner } : { owner, secret: handles[owner] as string }

const owners = fc.constantFrom(admin, client)
const servers = fc.record({ server: fc.constantFrom("s1", "s2"), number: fc.nat(2) })
const contents = fc.oneof(
  fc.record({ value: fc.string(), timestamp: fc.record({ number: fc.nat(), client: owners }) }),
  fc.jsonValue({ maxDepth: 2 })
)
const runs = { numRuns: 60 }

describe("real signatures, as the symbolic ones,", () => {
  it("verify where their signer made them, and nowhere once anything is changed", () => {
    fc.assert(
      fc.property(owners, owners, contents, contents, (owner, other, content, changed) => {
        const verdicts = [symbolic, real].map((cryptography) => {
          const signed = cryptography.sign(keyOf(owner, cryptography), content)
          // Whoever has no key changes what was signed: that is a forgery.
          const isSame = equals(changed, content)
          const forge = <A extends object>(term: A, isGenuine: boolean): A =>
            cryptography === symbolic && !isGenuine ? { ...term, signature: forged } : term
          return [
            cryptography.verifies(signed),
            cryptography.verifies(forge({ ...signed, content: changed }, isSame)),
            cryptography.verifies(forge({ ...signed, signer: other }, other === owner)),
            cryptography.verifies({ ...signed, signature: forged }),
            cryptography.verifies({ ...signed, signature: "A".repeat(86) }) && cryptography === real
          ]
        })
        const [ofSymbols, ofReals] = verdicts
        expect(ofReals).toEqual(ofSymbols)
      }),
      runs
    )
  })

  it("verify with the key of their pair, and with that of no other", () => {
    fc.assert(
      fc.property(servers, servers, contents, (name, other, content) => {
        const verdicts = [symbolic, real].map((cryptography) => {
          const by = keyOf(admin, cryptography)
          const pair = cryptography.pairFor(by, name)
          const signed = cryptography.sign(pair.signing, content)
          return [
            cryptography.verifiesWith(pair.verifying, signed),
            cryptography.verifiesWith(cryptography.pairFor(by, other).verifying, signed),
            cryptography.verifiesWith(pair.verifying, { ...signed, signature: forged })
          ]
        })
        expect(verdicts[1]).toEqual(verdicts[0])
      }),
      runs
    )
  })

  it("never come of decoding: no text that was not made with the key is a signature", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w-]{86}$/), contents, (signature, content) => {
        expect(isSignatureShaped(signature)).toBe(true)
        expect(real.verifies({ signer: client, content, signature })).toBe(false)
      }),
      runs
    )
  })

  it("are about one register: those of another do not pass, but for the administrator's", () => {
    const [x, y] = [real.about("x"), real.about("y")]
    const pair = x.sign(keyOf(client, real), "v")
    expect([x.verifies(pair), y.verifies(pair), real.verifies(pair)]).toEqual([true, false, false])
    const certificate = x.sign(keyOf(admin, real), "c")
    expect([x, y, real].map((one) => one.verifies(certificate))).toEqual([true, true, true])
  })

  it("are believed of a client only if the administrator has signed it", () => {
    const stranger = clientOf(strangerSeed, strangerSeed)
    const secret = keyring.add(strangerSeed)
    expect(real.verifies(real.sign({ owner: stranger, secret }, "v"))).toBe(false)
    expect(real.verifies(real.sign({ owner: "s1", secret }, "v"))).toBe(false)
    const renamed = client.replace("web", "wob")
    expect(
      real.verifies(real.sign({ owner: renamed, secret: handles[client] as string }, "v"))
    ).toBe(false)
  })

  it("cannot be made by a node whose key was erased", () => {
    const own = new Keyring()
    const cryptography = realCryptography({ keyring: own, administrator: admin })
    const by = { owner: admin, secret: own.add(seed) }
    const { signing, verifying } = cryptography.pairFor(by, { server: "s1", number: 0 })
    const before = cryptography.sign(signing, "x")
    own.erase([signing.secret as string])
    const after = cryptography.sign(signing, "x")
    expect([before, after].map((one) => cryptography.verifiesWith(verifying, one))).toEqual([
      true,
      false
    ])
  })
})

describe("real encryption, as the symbolic one,", () => {
  const times = fc.nat(3)
  const names = fc.constantFrom("s1", "s2")

  it("opens with the same key hashed as often, and with no other; hashing leads one way", () => {
    fc.assert(
      fc.property(names, names, times, times, contents, (owner, other, under, with_, content) => {
        const verdicts = [symbolic, real].map((cryptography) => {
          const by = keyOf(admin, cryptography)
          const first = cryptography.sharedKeyFor(by, owner)
          const key = cryptography.hashed(first, under)
          const attempt = cryptography.hashed(cryptography.sharedKeyFor(by, other), with_)
          if (key === undefined || attempt === undefined) throw new Error("it hashes forward")
          return [
            cryptography.decrypt(attempt, cryptography.encrypt(key, content)) ?? "closed",
            cryptography.hashed(attempt, under) !== undefined
          ]
        })
        expect(verdicts[1]).toEqual(verdicts[0])
      }),
      runs
    )
  })

  it("opens nothing that was changed by one bit, cut off or said to be under another key", () => {
    const key = real.sharedKeyFor(keyOf(admin, real), "s1")
    const box = real.encrypt(key, { content: "x" })
    const bytes = Buffer.from(box.ciphertext as string, "base64url")
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes)
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
        const ciphertext = changed.toString("base64url")
        expect(real.decrypt(key, { ...box, ciphertext })).toBeUndefined()
        const cut = bytes.subarray(0, bit >> 3).toString("base64url")
        expect(real.decrypt(key, { ...box, ciphertext: cut })).toBeUndefined()
      }),
      runs
    )
    expect(real.decrypt(key, { ...box, times: 1 })).toBeUndefined()
    expect(real.decrypt({ ...key, times: 1 }, { ...box, times: 1 })).toBeUndefined()
    expect(real.decrypt(key, box)).toEqual({ content: "x" })
  })

  it("carries secrets, which neither the content before nor the one after shows", () => {
    const [sender, receiver] = [new Keyring(), new Keyring()]
    const at = (ring: Keyring) => realCryptography({ keyring: ring, administrator: admin })
    const by = { owner: admin, secret: sender.add(seed) }
    const given = at(sender).sharedKeyFor(by, "s1")
    const secret = receiver.add(sender.get(given.secret) as Buffer)
    const { signing, verifying } = at(sender).pairFor(by, { server: "s1", number: 0 })
    const box = at(sender).encrypt(given, { key: signing })
    const opened = at(receiver).decrypt({ owner: "s1", times: 0, secret }, box)
    expect(opened).toEqual({ key: signing })
    const signed = at(receiver).sign((opened as { key: typeof signing }).key, "x")
    expect(at(receiver).verifiesWith(verifying, signed)).toBe(true)
    // The text of a secret is in neither: a handle is another text, and leads nowhere.
    const derived = createHmac("sha256", seed).update("quorate pair of keys")
    const text = derived.update('{"number":0,"server":"s1"}').digest().toString("base64url")
    for (const shown of [signing, box, opened]) expect(JSON.stringify(shown)).not.toContain(text)
    expect(sender.get(signing.secret)?.toString("base64url")).toBe(text)
  })
})
