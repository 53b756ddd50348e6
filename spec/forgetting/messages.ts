/**
 * The messages of the forgetting protocol (tutorial 7.2): those of reconfiguration by an
 * administrator, except that NEW_VIEW brings keys, and an answer carries a certificate and a proof.
 */
import * as Schema from "effect/Schema"
import * as Administered from "../administrator/messages.ts"
import { View } from "../administrator/view.ts"
import {
  Encrypted,
  Signed,
  SigningKey,
  SymmetricKey,
  VerifyingKey
} from "../kernel/cryptography.ts"
import { equals } from "../kernel/data.ts"
import { Count } from "../kernel/node.ts"
import { AdministratorId, ServerId } from "../nodes/nodes.ts"

/**
 * The name of a storage node's key pair (pub, priv) in the configuration with this number.
 */
export const KeyName = Schema.Struct({ server: ServerId, number: Count })
export type KeyName = typeof KeyName.Type

/**
 * "cert = ⟨i, meta, pub⟩", signed by the administrator; "the meta-data meta includes the
 * configuration number".
 */
export const Certificate = Signed(
  AdministratorId,
  Schema.Struct({ server: ServerId, meta: View, key: VerifyingKey(KeyName) })
)
export type Certificate = typeof Certificate.Type

/**
 * A private key with its certificate: what a storage node needs to take part in a configuration.
 */
export const Possession = Schema.Struct({ certificate: Certificate, key: SigningKey(KeyName) })
export type Possession = typeof Possession.Type

/** The symmetric key s_i of a storage node, which it shares with the administrator. */
export const SharedKey = SymmetricKey(ServerId)
export type SharedKey = typeof SharedKey.Type

/** What NEW_VIEW brings to a member of the new configuration. */
export const Delivered = Schema.Struct({
  /** encrypt((cert, priv), s): the necessary reading. */
  sealed: Schema.optionalKey(Encrypted(ServerId, Possession)),
  /**
   * encrypt(cert, priv), read literally: the certificate, encrypted under the private key, which no
   * node has.
   */
  underPrivate: Schema.optionalKey(Encrypted(KeyName, Certificate)),
  /** s, as it stands in the printed message. */
  inClear: Schema.optionalKey(SharedKey)
})
export type Delivered = typeof Delivered.Type

/** "(NEW_VIEW, t, oldMeta, encrypt(cert, priv), s)". */
export const NewView = Schema.TaggedStruct("NewView", {
  ...Administered.newView,
  keys: Schema.optionalKey(Delivered)
})
export type NewView = typeof NewView.Type

/**
 * The proved content: an answer to a question. Its signer had the key when the question was asked.
 */
export const Statement = Schema.Struct({ nonce: Administered.Nonce, written: Administered.Stored })
/**
 * "A copy of the administrator's certificate, and a proof that the storage node has the
 * corresponding private key."
 */
export const Proven = Schema.TaggedStruct("Proven", {
  certificate: Certificate,
  proof: Signed(KeyName, Statement)
}).check(
  Schema.makeFilter(
    ({ certificate, proof }) => equals(certificate.content.key.owner, proof.signer),
    {
      expected: "a proof with the key that the certificate is about"
    }
  )
)
export type Proven = typeof Proven.Type

export const Message = Schema.Union([...Administered.Plain.members, NewView, Proven])
export type Message = typeof Message.Type

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "NewView":
      return Administered.describeMessage({
        _tag: "NewView",
        view: message.view,
        old: message.old,
        nonce: message.nonce
      })
    case "Proven": {
      const { certificate, proof } = message
      const { server, number } = proof.signer
      const answer = Administered.describeMessage({ _tag: "Answer", ...proof.content })
      const certified = certificate.content.server
      const whose = certified === server ? "" : `, which is certified for ${certified}`
      return `${answer}, proved with ${server}'s key of configuration ${number}${whose}`
    }
    default:
      return Administered.describeMessage(message)
  }
}
