export const store = (): void => undefined
