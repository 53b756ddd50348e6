/**
 * The options of a process that acts as the authority of dBQS.
 */
import type { AdministratorFolder } from "../administrator/folder.ts"
import type { Directory } from "../directory/directory.ts"
import type { Keys } from "../keys/keys.ts"

export interface AuthorityOptions {
  readonly folder: AdministratorFolder
  /** The authority's folder. */
  readonly data: string
  readonly directory: Directory
  readonly keys?: Keys
}
