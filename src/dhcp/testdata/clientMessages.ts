import { wire } from './wire.ts'

// Messages of real clients, as captured on the server's side of a bridge in a network namespace.

const captured = {
  /** iPXE 1.0.0+git-20190125 (Debian's ipxe-qemu), BIOS option ROM of QEMU 7.2's virtio-net. */
  ipxeDiscover: `
    01 01 06 00                                  # op, htype, hlen, hops
    0682bc26                                     # xid
    0004 0000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400aa0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 01                                     # DISCOVER
    39 02 05c0                                   # maximum message size
    5d 02 0000                                   # client architecture
    5e 03 010201                                 # client NDI
    3c 20 "PXEClient:Arch:00000:UNDI:002001"     # vendor class
    4d 04 "iPXE"                                 # user class
    37 17 010306070c0f111a2b3c4243778081828384858687afcb # parameter request list
    af 30 b105011af41000eb03010000170101220101130101110101270101190101290101100102210101150101180101120101 # iPXE
    3d 07 01525400aa0001                         # client identifier
    61 11 0078563412bc9af0de1122334455667788     # client UUID
    ff                                           # end
  `,
  /** The same, selecting. */
  ipxeRequest: `
    01 01 06 00                                  # op, htype, hlen, hops
    0682bc26                                     # xid
    0012 0000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400aa0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 03                                     # REQUEST
    39 02 05c0                                   # maximum message size
    5d 02 0000                                   # client architecture
    5e 03 010201                                 # client NDI
    3c 20 "PXEClient:Arch:00000:UNDI:002001"     # vendor class
    4d 04 "iPXE"                                 # user class
    37 17 010306070c0f111a2b3c4243778081828384858687afcb # parameter request list
    af 30 b105011af41000eb03010000170101220101130101110101270101190101290101100102210101150101180101120101 # iPXE
    3d 07 01525400aa0001                         # client identifier
    61 11 0078563412bc9af0de1122334455667788     # client UUID
    36 04 c0a83d01                               # server identifier
    32 04 c0a83d32                               # requested address
    ff                                           # end
  `,
  /** EDK2 (OVMF 2022.11), PXE over IPv4, x64. */
  edk2PxeDiscover: `
    01 01 06 00                                  # op, htype, hlen, hops
    f4ac7ca9                                     # xid
    0000 8000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400aa0002 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 01                                     # DISCOVER
    39 02 05c0                                   # maximum message size
    37 23 0102030405060c0d0f111216171c28292a2b3233363a3b3c4243618081828384858687 # parameter request list
    61 11 0078563412bc9af0de1122334455667788     # client UUID
    5e 03 010300                                 # client NDI
    5d 02 0007                                   # client architecture
    3c 20 "PXEClient:Arch:00007:UNDI:003000"     # vendor class
    ff                                           # end
  `,
  /** The same, selecting. It takes messages of up to 65,280 bytes. */
  edk2PxeRequest: `
    01 01 06 00                                  # op, htype, hlen, hops
    f4ac7ca9                                     # xid
    0000 8000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400aa0002 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 03                                     # REQUEST
    36 04 c0a83d01                               # server identifier
    32 04 c0a83d33                               # requested address
    39 02 ff00                                   # maximum message size
    37 23 0102030405060c0d0f111216171c28292a2b3233363a3b3c4243618081828384858687 # parameter request list
    61 11 0078563412bc9af0de1122334455667788     # client UUID
    5e 03 010300                                 # client NDI
    5d 02 0007                                   # client architecture
    3c 20 "PXEClient:Arch:00007:UNDI:003000"     # vendor class
    ff                                           # end
  `,
  /** EDK2 (OVMF 2022.11), HTTP boot over IPv4, x64. */
  edk2HttpDiscover: `
    01 01 06 00                                  # op, htype, hlen, hops
    0ecdf609                                     # xid
    0000 8000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400aa0003 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 01                                     # DISCOVER
    39 02 05c0                                   # maximum message size
    37 1b 0102030405060c0d0f111216171c28292a2b3233363a3b3ceb4361 # parameter request list
    61 11 0078563412bc9af0de1122334455667788     # client UUID
    5e 03 010300                                 # client NDI
    5d 02 0010                                   # client architecture
    3c 21 "HTTPClient:Arch:00016:UNDI:003000"    # vendor class
    ff                                           # end
  `,
  /** udhcpc of BusyBox 1.35. */
  udhcpcDiscover: `
    01 01 06 00                                  # op, htype, hlen, hops
    52b0de00                                     # xid
    0000 0000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400bb0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 01                                     # DISCOVER
    39 02 0240                                   # maximum message size
    37 07 0103060c0f1c2a                         # parameter request list
    0c 06 "poste1"                               # host name
    3c 0c "udhcp 1.35.0"                         # vendor class
    3d 07 01525400bb0001                         # client identifier
    ff                                           # end
    00*12                                        # padding
  `,
  /** The same, selecting. */
  udhcpcRequest: `
    01 01 06 00                                  # op, htype, hlen, hops
    52b0de00                                     # xid
    0000 0000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400bb0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 03                                     # REQUEST
    32 04 c0a83c32                               # requested address
    36 04 c0a83c01                               # server identifier
    39 02 0240                                   # maximum message size
    37 07 0103060c0f1c2a                         # parameter request list
    0c 06 "poste1"                               # host name
    3c 0c "udhcp 1.35.0"                         # vendor class
    3d 07 01525400bb0001                         # client identifier
    ff                                           # end
  `,
  /** The same, ending (-R). */
  udhcpcRelease: `
    01 01 06 00                                  # op, htype, hlen, hops
    8d8d387e                                     # xid
    000d 0000                                    # secs, flags
    c0a83c32 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400bb0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 07                                     # RELEASE
    36 04 c0a83c01                               # server identifier
    3d 07 01525400bb0001                         # client identifier
    ff                                           # end
    00*41                                        # padding
  `,
  /** ISC dhclient 4.4.3. */
  dhclientDiscover: `
    01 01 06 00                                  # op, htype, hlen, hops
    d48c6b0c                                     # xid
    0000 0000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400bb0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 01                                     # DISCOVER
    0c 02 "vm"                                   # host name
    37 0d 011c02030f06770c2c2f1a792a             # parameter request list
    ff                                           # end
    00*37                                        # padding
  `,
  /** The same, started again with the lease it remembers. */
  dhclientInitReboot: `
    01 01 06 00                                  # op, htype, hlen, hops
    88811068                                     # xid
    0000 0000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400bb0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 03                                     # REQUEST
    32 04 c0a83c32                               # requested address
    0c 02 "vm"                                   # host name
    37 0d 011c02030f06770c2c2f1a792a             # parameter request list
    ff                                           # end
    00*31                                        # padding
  `,
  /** The same, at T1. */
  dhclientRenewing: `
    01 01 06 00                                  # op, htype, hlen, hops
    d48c6b0c                                     # xid
    0000 0000                                    # secs, flags
    c0a83c32 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400bb0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 03                                     # REQUEST
    0c 02 "vm"                                   # host name
    37 0d 011c02030f06770c2c2f1a792a             # parameter request list
    ff                                           # end
    00*37                                        # padding
  `,
  /** dhcpcd 9.4.1; the name of its system was replaced. */
  dhcpcdDiscover: `
    01 01 06 00                                  # op, htype, hlen, hops
    c47464d6                                     # xid
    0000 0000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400bb0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 01                                     # DISCOVER
    37 07 01031c21333a3b                         # parameter request list
    39 02 05c0                                   # maximum message size
    3c 35 "dhcpcd-9.4.1:Linux-6.1.0-18-amd64:x86_64:GenuineIntel" # vendor class
    74 01 01                                     # auto-configuration (RFC 2563)
    91 01 01                                     # forcerenew nonce (RFC 6704)
    ff                                           # end
  `,
  /** The same, selecting. */
  dhcpcdRequest: `
    01 01 06 00                                  # op, htype, hlen, hops
    c47464d6                                     # xid
    0003 0000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400bb0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    32 04 c0a83c35                               # requested address
    35 01 03                                     # REQUEST
    36 04 c0a83c01                               # server identifier
    37 07 01031c21333a3b                         # parameter request list
    39 02 05c0                                   # maximum message size
    3c 35 "dhcpcd-9.4.1:Linux-6.1.0-18-amd64:x86_64:GenuineIntel" # vendor class
    91 01 01                                     # forcerenew nonce (RFC 6704)
    ff                                           # end
  `,
  /** systemd-networkd 252, selecting. */
  networkdRequest: `
    01 01 06 00                                  # op, htype, hlen, hops
    00c01e33                                     # xid
    0001 0000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400bb0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 03                                     # REQUEST
    3d 13 ff60c6784500020000ab110033bdebf95e192c # client identifier: IAID, DUID-EN
    37 09 0103060c0f212a7879                     # parameter request list
    39 02 05c0                                   # maximum message size
    36 04 c0a83c01                               # server identifier
    32 04 c0a83c35                               # requested address
    0c 02 "vm"                                   # host name
    ff                                           # end
  `,
  /** The same, ending: it names no server, which RFC 2131 table 5 says it must. */
  networkdRelease: `
    01 01 06 00                                  # op, htype, hlen, hops
    00c01e33                                     # xid
    0007 0000                                    # secs, flags
    c0a83c35 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400bb0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 07                                     # RELEASE
    3d 13 ff60c6784500020000ab110033bdebf95e192c # client identifier: IAID, DUID-EN
    ff                                           # end
  `,
  /** nmap 7.93, broadcast-dhcp-discover: it asks for everything. */
  nmapDiscover: `
    01 01 06 00                                  # op, htype, hlen, hops
    58dbd2d4                                     # xid
    0000 8000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    deadc0decafe 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 01                                     # DISCOVER
    37 40 fc0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d4342 # parameter request list
    ff                                           # end
  `,
  /** udhcpc of BusyBox 1.35, where somebody answered at the address that it was given. */
  udhcpcDecline: `
    01 01 06 00                                  # op, htype, hlen, hops
    2483e461                                     # xid
    0000 0000                                    # secs, flags
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    525400bb0001 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 04                                     # DECLINE
    32 04 c0a83c39                               # requested address
    36 04 c0a83c01                               # server identifier
    3d 07 01525400bb0001                         # client identifier
    ff                                           # end
    00*35                                        # padding
  `,
}

// Messages written by hand from the clients' documentation and from descriptions of captures.

const annotated = {
  /** A BIOS network card's PXE ROM (PXE 2.1): padded to 548 bytes, its UUID as client identifier too. */
  pxeRomDiscover: `
    01 01 06 00                                  # op, htype, hlen, hops
    5426a1b9                                     # xid: the last four bytes of the MAC
    0004 8000                                    # secs, broadcast flag
    00000000 00000000 00000000 00000000          # ciaddr, yiaddr, siaddr, giaddr
    00155426a1b9 00*10                           # chaddr
    00*64                                        # sname
    00*128                                       # file
    63825363                                     # cookie
    35 01 01                                     # DISCOVER
    37 18 0102030506 0b0c0d0f1011122b363c438081828384858687 # parameter request list
    39 02 04ec                                   # maximum message size: 1260
    61 11 00 4c4c4544 0053 3510 8054 b7c04f4e5931 # client UUID
    3d 11 00 4c4c4544 0053 3510 8054 b7c04f4e5931 # client identifier: the same
    5d 02 0000                                   # client architecture: BIOS
    5e 03 01 02 01                               # client NDI: UNDI 2.1
    3c 20 "PXEClient:Arch:00000:UNDI:002001"     # vendor class
    ff 00*174
  `,
  /** The iPXE built into VirtualBox: it says iPXE, and its features do not hold HTTP (19). */
  virtualBoxDiscover: `
    01 01 06 00
    6b8b4567
    0004 8000
    00000000 00000000 00000000 00000000
    080027f3a1b2 00*10
    00*64
    00*128
    63825363
    35 01 01                                     # DISCOVER
    39 02 05c0                                   # maximum message size
    5d 02 0000                                   # client architecture: BIOS
    5e 03 010201                                 # client NDI
    3c 20 "PXEClient:Arch:00000:UNDI:002001"     # vendor class
    4d 04 "iPXE"                                 # user class, without its length
    37 15 0103060c0f111a2b3c42438081828384858687afcb # parameter request list
    af 15                                        # iPXE:
      b1 05 0180861000                           #   bus id
      eb 03 010000                               #   version 1.0.0
      21 01 01                                   #   PXE
      15 01 01                                   #   TFTP
      10 01 01                                   #   PXE extensions
      00 00                                      #   padding
    3d 07 01080027f3a1b2                         # client identifier
    61 11 00 00112233445566778899aabbccddeeff    # client UUID
    ff 00*60
  `,
  /** Windows 10: type 1 client identifier, "MSFT 5.0", its fully qualified name. */
  windowsDiscover: `
    01 01 06 00
    8d1f5e03
    0000 0000
    00000000 00000000 00000000 00000000
    b42e99102030 00*10
    00*64
    00*128
    63825363
    35 01 01                                     # DISCOVER
    3d 07 01 b42e99102030                        # client identifier
    32 04 c0a80017                               # requested address, of another network
    0c 0f "DESKTOP-4F2K9QX"                      # host name
    3c 08 "MSFT 5.0"                             # vendor class
    37 0e 0103060f1f212b2c2e2f7779f9fc           # parameter request list
    ff 00*12
  `,
  /** Windows 10 with an address of its own, asking for a proxy configuration (252). */
  windowsInform: `
    01 01 06 00
    2c81aa40
    0000 0000
    c0a83cc8 00000000 00000000 00000000          # ciaddr 192.168.60.200
    b42e99102030 00*10
    00*64
    00*128
    63825363
    35 01 08                                     # INFORM
    3d 07 01 b42e99102030                        # client identifier
    0c 0f "DESKTOP-4F2K9QX"                      # host name
    3c 08 "MSFT 5.0"                             # vendor class
    37 0d 0103060f1f212b2c2e2f79f9fc             # parameter request list
    ff 00*20
  `,
  /** systemd-networkd: an RFC 4361 client identifier, rapid commit asked for. */
  networkdDiscover: `
    01 01 06 00
    71d10c5a
    0001 0000
    00000000 00000000 00000000 00000000
    5254000a0b0c 00*10
    00*64
    00*128
    63825363
    35 01 01                                     # DISCOVER
    3d 13 ff 5b4c0d11 0002 0000ab11 3ca1f0c2b4d7e981 # client identifier: IAID, DUID-EN
    37 0a 01 03 0c 0f 06 1a 21 79 2a 77          # parameter request list
    50 00                                        # rapid commit (RFC 4039)
    39 02 05c0                                   # maximum message size
    0c 08 "poste-12"                             # host name
    ff 00*12
  `,
  /** A UEFI machine behind a relay agent that stands in the served network. */
  relayedDiscover: `
    01 01 06 01                                  # one hop
    3a91c004
    0008 8000
    00000000 00000000 00000000 c0a83c02          # giaddr 192.168.60.2
    5254000d0e0f 00*10
    00*64
    00*128
    63825363
    35 01 01                                     # DISCOVER
    39 02 05c0                                   # maximum message size
    37 06 43 42 03 01 36 33                      # parameter request list: 67, 66, 3, 1, 54, 51
    61 11 00 00112233445566778899aabbccddeeff    # client UUID
    5e 03 010310                                 # client NDI
    5d 02 0007                                   # client architecture: UEFI x64
    3c 20 "PXEClient:Arch:00007:UNDI:003016"     # vendor class
    52 0c 01 04 "gi12" 02 04 00155d01            # relay agent information: circuit, remote
    ff
  `,
}

export type ClientMessage = keyof typeof captured | keyof typeof annotated

/** Every message by name, as a datagram. */
export const clientMessages = Object.fromEntries(
  Object.entries({ ...captured, ...annotated }).map(([name, text]) => [name, wire(text)]),
) as Record<ClientMessage, Buffer>
