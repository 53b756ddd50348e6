/**
 * The folder with what the administrator gave to a storage node: `given.json`, without secrets, and
 * `keys/`, with a file for each secret, which is overwritten and removed when the secret is
 * forgotten.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { replaceDurably } from "../storage/whole-file.ts"
import { Given, takeGiven, trustOfNode } from "./given.ts"
import { handlesIn, Keyring } from "./keyring.ts"
import { Secrets } from "./secrets.ts"
import type { Trust } from "./trust.ts"

const decode = Schema.decodeUnknownResult(Given)

export class NodeKeys {
  readonly keyring: Keyring
  readonly secrets: Secrets
  private readonly file: string
  private given: Given | undefined

  /** Throws if the folder's content is invalid. */
  constructor(folder: string) {
    this.file = join(folder, "given.json")
    this.keyring = new Keyring(join(folder, "keys"))
    this.secrets = new Secrets(this.keyring)
    if (existsSync(this.file))
      this.given = Schema.decodeUnknownSync(Given)(JSON.parse(readFileSync(this.file, "utf8")))
  }

  /**
   * Accepts what the administrator gives to the node with this identity, unless the node already
   * has something. Returns the reason if it refuses.
   */
  take(told: unknown, id: string): string | undefined {
    if (told === undefined && this.given === undefined)
      return "it needs keys, which an administrator issues: quorate administrator begin"
    const given = decode(told ?? this.given)
    if (Result.isFailure(given)) return "what it received are not keys"
    if (this.given !== undefined) {
      return given.success.administrator === this.given.administrator
        ? undefined
        : `it has the keys of another administrator, ${this.given.administrator}`
    }
    if (given.success.shared.owner !== id)
      return `it received the keys of ${given.success.shared.owner}`
    const kept = takeGiven(this.keyring, given.success)
    this.keyring.keep(handlesIn(kept))
    replaceDurably(this.file, `${JSON.stringify(kept)}\n`)
    this.given = kept
    return undefined
  }

  /** The identity of the node that the keys belong to; undefined if there are none. */
  get owner(): string | undefined {
    return this.given?.shared.owner
  }

  /** What the node trusts; undefined before it has keys. */
  get trust(): Trust | undefined {
    return this.given && trustOfNode(this.keyring, this.given)
  }
}
