/**
 * The specification, for people who take the transitions into a system of their own. Each module is a name here;
 * a runtime needs `Process` (the contract between a process and its host) and one protocol.
 */
export * as Configuration from "./configuration/configuration.ts"
export * as Quorums from "./configuration/quorums.ts"
export * as Data from "./kernel/data.ts"
export * as Node from "./kernel/node.ts"
export * as Observer from "./kernel/observer.ts"
export * as Process from "./kernel/process.ts"
export * as Property from "./kernel/property.ts"
export * as Protocol from "./kernel/protocol.ts"
export * as Renaming from "./kernel/renaming.ts"
export * as MajorityClient from "./majority/client.ts"
export * as MajorityMessages from "./majority/messages.ts"
export { majority } from "./majority/protocol.ts"
export * as MajorityServer from "./majority/server.ts"
export { naive } from "./naive/protocol.ts"
export * as Phase from "./phase/phase.ts"
export { protocols } from "./protocols.ts"
export * as Atomicity from "./register/atomicity.ts"
export * as Operation from "./register/operation.ts"
export * as Pair from "./register/pair.ts"
