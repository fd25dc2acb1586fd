import type { ExamRules } from '../contract/index.ts'
import type { ExamMachine } from './overlay.ts'

/**
 * The firewall of an exam machine, for `nft -f`. Everything is dropped but what is named here. No state is kept: an answer
 * is known by where it comes from, and a machine whose cable was pulled goes on where it was.
 */
export function firewallRules(rules: ExamRules, { serverAddress, serverPorts }: ExamMachine): string {
  const ports = `{ ${[...new Set(serverPorts)].join(', ')} }`
  const allowed = rules.offline ? [] : rules.allowed.filter(({ addresses }) => addresses.length > 0)
  const hosts = (direction: 'daddr' | 'sport'): string[] =>
    allowed.map(({ addresses, ports: hostPorts }) => {
      const [address, port] = [`{ ${addresses.join(', ')} }`, `{ ${hostPorts.join(', ')} }`]
      return direction === 'daddr'
        ? `ip daddr ${address} tcp dport ${port} accept`
        : `ip saddr ${address} tcp sport ${port} accept`
    })

  return lines(
    'flush ruleset',
    'table inet amorce {',
    '  chain input {',
    '    type filter hook input priority filter; policy drop;',
    '    iifname "lo" accept',
    '    udp sport 67 udp dport 68 accept',
    `    ip saddr ${serverAddress} tcp sport ${ports} accept`,
    // The console asks whether a machine is there.
    `    ip saddr ${serverAddress} icmp type echo-request accept`,
    ...hosts('sport').map(indented),
    '  }',
    '  chain forward {',
    '    type filter hook forward priority filter; policy drop;',
    '  }',
    '  chain output {',
    '    type filter hook output priority filter; policy drop;',
    '    oifname "lo" accept',
    '    udp sport 68 udp dport 67 accept',
    // Offline means the candidate's programs: root's are the exam's own.
    ...(rules.offline ? ['    meta skuid != 0 reject'] : []),
    `    ip daddr ${serverAddress} tcp dport ${ports} accept`,
    `    ip daddr ${serverAddress} icmp type echo-reply accept`,
    ...hosts('daddr').map(indented),
    // It never leaves the machine, and a page that may not be opened says so at once.
    '    reject with icmpx type admin-prohibited',
    '  }',
    '}',
  )
}

const indented = (line: string): string => `    ${line}`
const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join('')
