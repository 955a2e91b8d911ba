export { wlanProfileName, wlanProfileXml } from './wlan-profile.ts';
export type { PasswordWifiProfile } from './wlan-profile.ts';
