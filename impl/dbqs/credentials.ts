/**
 * What a client of dBQS receives: its identity, as in the forgetting protocol, and the issuers
 * whose certificates it accepts.
 */
import type { Credentials } from "../byzantine/given.ts"
import { Keyring } from "../byzantine/keyring.ts"
import { dbqsCryptography } from "./cryptography.ts"
import type { ClientTrust } from "./trust.ts"

/** What a client trusts, with its secret in a keyring for this run only. */
export const trustOfDbqsClient = ({
  administrator: authority,
  service,
  certificate,
  replicas,
  secret
}: Credentials): ClientTrust => {
  if (service === undefined || certificate === undefined || replicas === undefined)
    throw new Error("these credentials are for another protocol: they name no membership service")
  const keyring = new Keyring()
  const own = keyring.add(Buffer.from(secret, "base64url"))
  const cryptography = dbqsCryptography({ keyring, administrator: authority, service, own })
  return { authority, service, certificate, replicas, cryptography }
}
