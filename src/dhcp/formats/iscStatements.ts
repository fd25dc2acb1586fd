import type { NotTakenReason } from './importPreview.ts'

// The words of dhcpd.conf(5), by what becomes of them.

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

export const declarations = words('subnet shared-network group pool host class subclass')
/** What dhcpd knows and Amorce does not do, by why. */
const notDone: Partial<Record<NotTakenReason, ReadonlySet<string>>> = {
  housekeeping: words(`log-facility pid-file-name lease-file-name local-port local-address omapi-port omapi-key
    db-time-format dhcpv6-lease-file-name dhcpv6-pid-file-name server-duid release-on-roam lease-id-format
    dont-use-fsync log-threshold-high log-threshold-low log dynamic deleted`),
  dynamicDns: words(`ddns-update-style ddns-updates ddns-hostname ddns-domainname ddns-rev-domainname ddns-ttl
    ddns-guard-id-must-match ddns-dual-stack-mixed-mode ddns-other-guard-is-dynamic ddns-local-address4
    ddns-local-address6 do-forward-updates do-reverse-updates update-conflict-detection update-optimization
    update-static-leases key zone`),
  failover: words('failover'),
  ipv6: words(`range6 subnet6 pool6 prefix6 fixed-address6 fixed-prefix6 preferred-lifetime dhcpv6-set-tee-times
    limit-addrs-per-ia limit-prefs-per-ia prefix-length-mode`),
  condition: words('switch'),
  expression: words('set unset define on execute eval'),
  unsupportedSetting: words(`abandon-lease-time adaptive-lease-time-threshold always-broadcast always-reply-rfc1048
    boot-unknown-clients check-secs-byte-order delayed-ack dhcp-cache-threshold dynamic-bootp-lease-cutoff
    dynamic-bootp-lease-length echo-client-id get-lease-hostnames ignore-client-uids infinite-is-reserved interface
    ldap-base-dn ldap-debug-file ldap-dhcp-server-cn ldap-method ldap-password ldap-port ldap-server ldap-username
    lease limit-preferred-lifetime max-ack-delay min-secs one-lease-per-client outbound-interface parse-vendor-option
    ping-check ping-cltt-secs ping-timeout ping-timeout-ms server-id-check server-identifier site-option-space
    stash-agent-options use-eui-64 use-lease-addr-for-default-route vendor-option-space add spawn match`),
}
const notDoneReasons = Object.keys(notDone) as NotTakenReason[]
export const notDoneReasonOf = (name: string): NotTakenReason | undefined =>
  notDoneReasons.find((reason) => notDone[reason]?.has(name))

export const settingStatements = words(
  `option default-lease-time min-lease-time max-lease-time next-server filename server-name`,
)
