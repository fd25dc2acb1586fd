/** A port that a boot server needs, and who has it. */
export interface PortView {
  protocol: 'udp' | 'tcp'
  port: number
  held: boolean
  process?: string
  pid?: number
  address?: string
}
