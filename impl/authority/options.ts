/**
 * What whoever acts as the authority of dBQS is told.
 */
import type { AdministratorFolder } from "../administrator/folder.ts"
import type { Directory } from "../directory/directory.ts"
import type { Keys } from "../keys/keys.ts"

export interface AuthorityOptions {
  readonly folder: AdministratorFolder
  /** Where the folder is. */
  readonly data: string
  readonly directory: Directory
  readonly keys?: Keys
}
