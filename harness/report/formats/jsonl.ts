import type { RunEvent } from '../../run/events.ts';

/** One event as a line of JSON; the first one, `run-started`, names the schema. */
export function eventLine(event: RunEvent): string {
  return `${JSON.stringify(event.type === 'run-started' ? { schema: 1, ...event } : event)}\n`;
}
