export const onMachines = (..._: ReadonlyArray<unknown>): string => ""
