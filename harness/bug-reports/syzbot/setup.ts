import type { Machine } from '../../machine/machine.ts';
import type { Need } from '../needs.ts';
import { readSyzOptions, type SyzOptions } from './options.ts';

/** What a reproducer of syzkaller needs around it. */
export interface SyzSetup {
  readonly machine: Machine;
  /** Whether it was found by a scan for leaks. */
  readonly leaks: boolean;
  /** What a kernel needs for it. */
  readonly needs: readonly Need[];
  /** What it was run with and a published kernel does not have, each as a line. */
  readonly missing: readonly string[];
  /** What its program sets up in the guest itself. */
  readonly own: readonly string[];
}

interface Feature {
  /** An option of syzkaller, in lower case. */
  readonly option: string;
  /** The function that sets it up in the program. */
  readonly code: RegExp;
  readonly name: string;
  /** Modules of Debian's cloud kernels; the program needs their devices. */
  readonly modules?: readonly string[];
  /** Why a published kernel does not have it, and its option. */
  readonly missing?: string;
  readonly kernelOption?: string;
}

/** pkg/csource/options.go and executor/common_linux.h of syzkaller. */
const FEATURES: readonly Feature[] = [
  { option: 'netinjection', code: /\binitialize_tun\(/, name: 'a tun device', modules: ['tun'] },
  {
    option: 'netdevices',
    code: /\binitialize_netdevices\w*\(/,
    name: 'network devices',
    modules: ['dummy', 'veth', 'bridge', 'bonding', 'macvlan', 'ipvlan', 'vxlan'],
  },
  { option: 'cgroups', code: /\bsetup_cgroups\w*\(/, name: 'cgroups' },
  { option: 'binfmtmisc', code: /\bsetup_binfmt_misc\(/, name: 'binfmt_misc', modules: ['binfmt_misc'] },
  { option: 'sysctl', code: /\bsetup_sysctl\(/, name: 'sysctls' },
  { option: 'swap', code: /\bsetup_swap\(/, name: 'a swap file' },
  {
    option: 'fault',
    code: /\b(?:inject_fault|setup_fault)\(/,
    name: 'fault injection',
    kernelOption: 'FAULT_INJECTION',
    missing: 'the kernel needs CONFIG_FAULT_INJECTION: --kernel 6.12+plain --build',
  },
  {
    option: 'leak',
    code: /\b(?:setup_leak|check_leaks)\(/,
    name: 'a scan for leaks',
    kernelOption: 'DEBUG_KMEMLEAK',
    missing: 'the kernel needs kmemleak: --kernel 6.12+debug --build',
  },
  {
    option: 'kcsan',
    code: /\bsetup_kcsan\(/,
    name: 'KCSAN',
    kernelOption: 'KCSAN',
    missing: 'the kernel needs CONFIG_KCSAN: build one, and name its bzImage with --kernel',
  },
  {
    option: 'usb',
    code: /\b(?:setup_usb|syz_usb_connect)\b/,
    name: 'USB devices',
    kernelOption: 'USB_RAW_GADGET',
    missing: 'the kernel needs CONFIG_USB_RAW_GADGET and CONFIG_USB_DUMMY_HCD',
  },
  {
    option: 'vhciinjection',
    code: /\binitialize_vhci\(/,
    name: 'a Bluetooth device',
    kernelOption: 'BT_HCIVHCI',
    missing: 'cloud kernels have no hci_vhci: --kernel 6.12:amd64 --module hci_vhci',
  },
  {
    option: 'wifi',
    code: /\binitialize_wifi_devices\(/,
    name: 'wireless devices',
    kernelOption: 'MAC80211_HWSIM',
    missing: 'cloud kernels have no mac80211_hwsim: --kernel 6.12:amd64 --module mac80211_hwsim',
  },
  {
    option: 'ieee802154',
    code: /\bsetup_802154\(/,
    name: 'IEEE 802.15.4 devices',
    kernelOption: 'IEEE802154_HWSIM',
    missing: 'the kernel needs mac802154_hwsim',
  },
  {
    option: 'devlinkpci',
    code: /\binitialize_devlink_pci\(/,
    name: 'a PCI device with devlink',
    missing: 'guests have none',
  },
  {
    option: 'nicvf',
    code: /\bnicvf_init\(/,
    name: 'a virtual function of a network card',
    missing: 'guests have none',
  },
];

const MOST_CPUS = 4;

/**
 * The machine of a reproducer in C of syzkaller, by its options and by what its program calls. What the program sets up
 * itself, such as sandboxes and cgroups, needs nothing.
 */
export function syzSetup(source: string): SyzSetup {
  const options: SyzOptions = readSyzOptions(source) ?? new Map();
  const isOn = ({ option, code }: Feature) => options.get(option) === 'true' || code.test(source);
  const on = FEATURES.filter(isOn);
  const images = imageModules(source);
  const modules = [...on.flatMap((one) => one.modules ?? []), ...images];
  const procs = procsOf(source, options);
  const isThreaded = options.get('threaded') === 'true' || /\bpthread_create\(/.test(source);
  const cpus = Math.min(Math.max(procs, isThreaded ? 2 : 1), MOST_CPUS);
  const sandbox = options.get('sandbox') ?? /\bdo_sandbox_(\w+)\(/.exec(source)?.[1];
  const missing = on.flatMap(({ name, missing: why }) => (why === undefined ? [] : [`${name}: ${why}`]));
  if (sandbox === 'android') missing.push('the sandbox of Android: guests have none of its ids and groups');
  return {
    machine: {
      ...(cpus > 1 && { cpus }),
      ...(modules.length > 0 && { modules }),
      ...(images.length > 0 && { memory: '512M' }),
    },
    needs: on.flatMap(({ name, kernelOption: option }) => (option === undefined ? [] : [{ name, option }])),
    leaks: on.some(({ option }) => option === 'leak'),
    missing,
    own: [
      ...on.filter((one) => one.missing === undefined).map(({ name }) => name),
      ...(sandbox === undefined || sandbox === '' ? [] : [`sandbox ${sandbox}`]),
      ...(images.length > 0 ? ['a disk image on a loop device'] : []),
    ],
  };
}

/** The option, or the loop that starts the processes. */
function procsOf(source: string, options: SyzOptions): number {
  const said = Number(options.get('procs') ?? /procid < (\d+)/.exec(source)?.[1] ?? 1);
  return Number.isInteger(said) ? said : 1;
}

const FILE_SYSTEMS = ['btrfs', 'ext4', 'f2fs', 'vfat', 'xfs'];

function imageModules(source: string): string[] {
  if (!/\bsyz_mount_image\b/.test(source)) return [];
  return ['loop', ...FILE_SYSTEMS.filter((name) => source.includes(`"${name}\\000"`) || source.includes(`"${name}"`))];
}
