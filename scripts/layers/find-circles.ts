/**
 * Finds circles in a graph of imports.
 *
 * @param edges each file with the files it imports; files that appear only as targets are taken as leaves
 * @returns one path per circle found, beginning and ending with the same file; empty when there is none
 */
export function findCircles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const circles: string[][] = []
  const finished = new Set<string>()
  const trail: string[] = []

  const visit = (file: string): void => {
    const seenAt = trail.indexOf(file)
    if (seenAt >= 0) {
      circles.push([...trail.slice(seenAt), file])
      return
    }
    if (finished.has(file)) return
    trail.push(file)
    for (const target of edges.get(file) ?? []) visit(target)
    trail.pop()
    finished.add(file)
  }

  for (const file of edges.keys()) visit(file)
  return circles
}
