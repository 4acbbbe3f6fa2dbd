/**
 * The rate of the host's time stamp counter in kHz, which a guest under software emulation reads directly; undefined when
 * /proc/cpuinfo does not tell. In a virtual machine `cpu MHz` is that rate; elsewhere it is the present clock of a core, and
 * the nominal one in the model's name comes nearer.
 */
export function tscKilohertz(cpuinfo: string): number | undefined {
  const nominal = /^model name.*@ ([\d.]+)GHz$/m.exec(cpuinfo)?.[1];
  const clock = /^cpu MHz\s*: ([\d.]+)$/m.exec(cpuinfo)?.[1];
  const inVirtualMachine = /^flags.*\bhypervisor\b/m.test(cpuinfo);
  if (inVirtualMachine && clock !== undefined) return Math.round(Number(clock) * 1000);
  if (nominal !== undefined) return Math.round(Number(nominal) * 1_000_000);
  return clock === undefined ? undefined : Math.round(Number(clock) / 100) * 100_000;
}

/**
 * What the kernel's command line needs under software emulation. On a busy host the guest fails to calibrate the counter
 * against the PIT, calls it unstable and then waits for ever for a tick (seen with 6.12.57, five busy loops on two cores:
 * every boot hung; with the rate given, none did). Nor may its watchdog hold the counter against the ticks of a busy host, of
 * which many are lost: it calls the counter unstable (6.12.118, load 5: 266 of 778 ms lost), and a guest that counts ticks
 * has slow clocks, coarse timers and a tick that never stops.
 */
export function tscArgument(cpuinfo: string): string {
  const rate = tscKilohertz(cpuinfo);
  return rate === undefined ? '' : ` tsc_early_khz=${rate} tsc=reliable`;
}
