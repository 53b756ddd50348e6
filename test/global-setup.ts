/**
 * Builds the command once for all files that run it.
 */
import { installShared } from "./checker/command/installation.ts"

export default installShared
