import type { Machine } from './machine.ts';

/** A machine for people: `2 CPUs; 512M; modules loop, overlay; panic_on_warn=1`; an empty text for the default one. */
export function describeMachine({ cpus, memory, modules = [], kernelParameters = [] }: Machine): string {
  return [
    ...(cpus === undefined ? [] : [`${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`]),
    ...(memory === undefined ? [] : [memory]),
    ...(modules.length === 0 ? [] : [`${modules.length === 1 ? 'module' : 'modules'} ${modules.join(', ')}`]),
    ...(kernelParameters.length === 0 ? [] : [kernelParameters.join(' ')]),
  ].join('; ');
}

/** The same as words with their values, as options and comments have them: `cpus` and `2`. */
export function machineWords({ cpus, memory, modules = [], kernelParameters = [] }: Machine): [string, string][] {
  return [
    ...(cpus === undefined ? [] : [['cpus', String(cpus)] satisfies [string, string]]),
    ...(memory === undefined ? [] : [['memory', memory] satisfies [string, string]]),
    ...modules.map((module): [string, string] => ['module', module]),
    ...kernelParameters.map((parameter): [string, string] => ['kernel-parameter', parameter]),
  ];
}
