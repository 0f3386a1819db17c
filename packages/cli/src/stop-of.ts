/** @returns when the person wants to end; keeps the process alive until then, whoever else does not */
export function stopOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stayAlive = setInterval(() => {}, 3_600_000)
    const end = (): void => {
      clearInterval(stayAlive)
      resolve()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
