/** Octets of one line: they become 76 characters, the most RFC 2045 §6.8 allows. */
const lineOctets = 57

/** Encodes text as base64 in lines (RFC 2045 §6.8). Every kind of line break becomes CRLF, the canonical form of text. */
export function base64Lines(text: string): string {
  const octets = Buffer.from(text.replace(/\r\n|\r|\n/g, '\r\n'))
  const lines: string[] = []
  for (let start = 0; start < octets.length; start += lineOctets) {
    lines.push(octets.toString('base64', start, start + lineOctets))
  }
  return lines.join('\r\n')
}
