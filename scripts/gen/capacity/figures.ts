const significant = 3

/** `4,870`; three digits that say something, since no measurement says more. */
export function figure(value: number): string {
  // A half is rounded up, also when the computer holds a hair less than it.
  return Number((value * (1 + 1e-9)).toPrecision(significant)).toLocaleString('en', {
    maximumFractionDigits: 20,
  })
}

/** `1 M`, `100 M` */
export function millions(value: number): string {
  return `${figure(value / 1_000_000)} M`
}

/** `9.26 h`, `11.6 days` */
export function duration(seconds: number): string {
  if (seconds < 60) return `${figure(seconds)} s`
  if (seconds < 3_600) return `${figure(seconds / 60)} min`
  if (seconds < 2 * 86_400) return `${figure(seconds / 3_600)} h`
  if (seconds < 2 * 365 * 86_400) return `${figure(seconds / 86_400)} days`
  return `${figure(seconds / 365 / 86_400)} years`
}

/** `420 MB`, `3.41 GB`, `341 GB`; powers of ten, as disks are sold. */
export function bytes(value: number): string {
  if (value >= 1e12) return `${figure(value / 1e12)} TB`
  return value >= 1e9 ? `${figure(value / 1e9)} GB` : `${figure(value / 1e6)} MB`
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
