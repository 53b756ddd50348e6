/**
 * The cryptography for replaying recorded steps whose keys no longer exist.
 *
 * Operations without a secret are performed: signatures are verified. The result of an operation
 * with a secret is looked up in the recorded step: a signature, if this signer made it for this
 * content; the next key, and what NEW_VIEW delivered, if the administrator certified it. A
 * recording that departs from the specification shows that departure as any other recording does.
 */
import * as Schema from "effect/Schema"
import { View } from "../../spec/administrator/view.ts"
import { Certificate, Possession, SharedKey } from "../../spec/forgetting/messages.ts"
import type { Cryptography, Signed } from "../../spec/kernel/cryptography.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import { SetOf } from "../../spec/kernel/node.ts"
import { AdministratorId } from "../../spec/nodes/nodes.ts"
import { type RealCryptography, realCryptography } from "./cryptography.ts"
import { Keyring } from "./keyring.ts"
import type { Trust } from "./trust.ts"

/** What a process was given at the beginning, with handles instead of secrets. */
export const RecordedTrust = Schema.Struct({
  administrator: AdministratorId,
  view: View,
  /** The handle of the key that the process signs with, if it has one from the beginning. */
  own: Schema.optionalKey(Schema.String),
  shared: Schema.optionalKey(SharedKey),
  possessions: Schema.optionalKey(SetOf(Possession))
})
export type RecordedTrust = typeof RecordedTrust.Type

export const recordedTrust = (self: NodeId, trust: unknown): RecordedTrust => {
  const { administrator, cryptography, view, shared, possessions } = trust as Trust
  const own = cryptography.ownKey(self).secret
  return {
    administrator,
    view,
    ...(own === undefined ? {} : { own }),
    ...(shared === undefined ? {} : { shared }),
    ...(possessions === undefined ? {} : { possessions })
  }
}

/** What a recorded step changed and sent. */
interface RecordedStep {
  readonly change: unknown
  readonly sends: unknown
}

/** All values of this shape anywhere in this data. */
const within = <A>(data: unknown, is: (part: unknown) => part is A): ReadonlyArray<A> => [
  ...(is(data) ? [data] : []),
  ...(typeof data === "object" && data !== null
    ? Object.values(data).flatMap((part) => within(part, is))
    : [])
]

const isSigned = Schema.is(
  Schema.Struct({ signer: Schema.Unknown, content: Schema.Unknown, signature: Schema.String })
)
const isCertificate = Schema.is(Certificate)
const isPossession = Schema.is(Possession)
const isSharedKey = Schema.is(SharedKey)

/**
 * What a process trusts while its recorded steps are replayed; `taken` returns the current step.
 */
export const trustAsRecorded = (
  { own, ...given }: RecordedTrust,
  taken: () => RecordedStep | undefined
): Trust => ({ ...given, cryptography: asRecorded(given.administrator, own, taken) })

const asRecorded = (
  administrator: string,
  own: string | undefined,
  taken: () => RecordedStep | undefined
): RealCryptography => {
  const keyring = new Keyring()
  const real = realCryptography({
    ...{ keyring, administrator },
    ...(own === undefined ? {} : { own })
  })
  const certified = () =>
    within(taken(), isCertificate).filter(
      (certificate) => certificate.signer === administrator && real.verifies(certificate)
    )
  const as = (verifying: Cryptography): Cryptography => ({
    ...verifying,
    sign: ({ owner }, content) => {
      const isIts = (signed: Signed<unknown, unknown>) =>
        verifying.verifies(signed) ||
        certified().some(({ content: { key } }) => verifying.verifiesWith(key, signed as never))
      const found = within(taken(), isSigned).find(
        (signed) => equals(signed.signer, owner) && equals(signed.content, content) && isIts(signed)
      )
      return { signer: owner, content, signature: found?.signature ?? "" }
    },
    hashed: ({ owner }, times) =>
      (within(taken()?.change, isSharedKey).find(
        (key) => equals(key.owner, owner) && key.times === times
      ) as never) ?? { owner, times },
    decrypt: (key, box) =>
      key.times === box.times && equals(key.owner, box.owner)
        ? (within(taken()?.change, isPossession).find(({ certificate }) =>
            certified().some((one) => equals(one, certificate))
          ) as never)
        : undefined
  })
  return { ...as(real), about: (register) => as(real.about(register)) }
}
