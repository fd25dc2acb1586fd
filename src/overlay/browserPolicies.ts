import type { ExamRules } from '../contract/index.ts'
import type { ExamMachine } from './overlay.ts'

/**
 * What browsers are told by files of the administrator: Chromium's (chromeenterprise.google/policies) and Firefox's
 * (mozilla.github.io/policy-templates). The firewall is what holds; this spares candidates pages that cannot be opened, the
 * files of the system and the tools of developers.
 */
export function browserPolicies(rules: ExamRules, { serverUrl }: ExamMachine): Record<string, string> {
  const server = new URL(serverUrl).host
  const hosts = rules.offline ? [] : rules.allowed.filter(({ host }) => !host.includes('/')).map(({ host }) => host)
  const chromium = {
    // Its own pages (settings, experiments, a game) are not among all addresses.
    URLBlocklist: ['*', 'chrome://*', 'chrome-untrusted://*', 'devtools://*'],
    URLAllowlist: [`${server}/exam`, ...hosts],
    ...{ DeveloperToolsAvailability: 2, IncognitoModeAvailability: 1, BrowserSignin: 0, SyncDisabled: true },
    ...{ BrowserAddPersonEnabled: false, BrowserGuestModeEnabled: false, PasswordManagerEnabled: false },
    ...{ EditBookmarksEnabled: false, TaskManagerEndProcessEnabled: false, RemoteDebuggingAllowed: false },
    ...{ AutofillAddressEnabled: false, AutofillCreditCardEnabled: false, TranslateEnabled: false },
    ...{
      PrintingEnabled: false,
      DefaultNotificationsSetting: 2,
      DefaultGeolocationSetting: 2,
      MetricsReportingEnabled: false,
    },
    ...{ AudioCaptureAllowed: false, VideoCaptureAllowed: false, ScreenCaptureAllowed: false },
    ...{ DefaultWebUsbGuardSetting: 2, DefaultWebBluetoothGuardSetting: 2, DefaultSerialGuardSetting: 2 },
    DnsOverHttpsMode: 'off',
    ExtensionInstallBlocklist: ['*'],
    DefaultDownloadDirectory: '/home/examen/Travail',
    PromptForDownloadLocation: false,
  }
  const firefox = {
    policies: {
      WebsiteFilter: {
        Block: ['<all_urls>'],
        Exceptions: [`http://${server.replace(/:\d+$/, '')}/exam*`, ...hosts.map((host) => `*://${host}/*`)],
      },
      BlockAboutConfig: true,
      BlockAboutAddons: true,
      BlockAboutProfiles: true,
      BlockAboutSupport: true,
      ...{ DisableAppUpdate: true, DisableDeveloperTools: true, DisableFirefoxAccounts: true, DisablePocket: true },
      ...{
        DisablePrivateBrowsing: true,
        DisableProfileImport: true,
        DisableTelemetry: true,
        DisableFirefoxStudies: true,
      },
      ...{ DontCheckDefaultBrowser: true, OfferToSaveLogins: false, NoDefaultBookmarks: true, PrintingEnabled: false },
      OverrideFirstRunPage: '',
      DNSOverHTTPS: { Enabled: false, Locked: true },
      InstallAddonsPermission: { Default: false },
      DownloadDirectory: '/home/examen/Travail',
    },
  }
  const text = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`
  return {
    'etc/chromium/policies/managed/amorce.json': text(chromium),
    'etc/opt/chrome/policies/managed/amorce.json': text(chromium),
    'etc/firefox/policies/policies.json': text(firefox),
  }
}
