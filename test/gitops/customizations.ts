/** The cases that lie beside the scripts, in the form of Argo CD's own repository. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Pool } from '../../operator/pool/pool.ts';
import { CUSTOMIZATIONS } from '../../scripts/manifests/argo-cd.ts';

export interface Health {
  readonly status: 'Degraded' | 'Healthy' | 'Progressing' | 'Suspended';
  readonly message: string;
}

interface HealthCase {
  readonly healthStatus: Health;
  readonly inputPath: string;
}

interface Action {
  readonly name: string;
  readonly disabled: boolean;
  readonly iconClass: string;
}

interface ActionCases {
  readonly discoveryTests: readonly { readonly inputPath: string; readonly result: readonly Action[] }[];
  readonly actionTests: readonly {
    readonly action: string;
    readonly inputPath: string;
    readonly expectedOutputPath: string;
  }[];
}

export const scriptOf = (path: string): string => join(CUSTOMIZATIONS, path);

/** A file of the customizations, parsed. */
export const customization = async <T>(path: string): Promise<T> => parse(await readFile(scriptOf(path), 'utf8')) as T;

export async function healthCases(): Promise<readonly (HealthCase & { readonly pool: Pool })[]> {
  const { tests } = await customization<{ tests: readonly HealthCase[] }>('health_test.yaml');
  return Promise.all(tests.map(async (one) => ({ ...one, pool: await customization<Pool>(one.inputPath) })));
}

export async function actionCases() {
  const { discoveryTests, actionTests } = await customization<ActionCases>('actions/action_test.yaml');
  const read = (path: string) => customization<Pool>(`actions/${path}`);
  return {
    discoveries: await Promise.all(discoveryTests.map(async (one) => ({ ...one, pool: await read(one.inputPath) }))),
    actions: await Promise.all(
      actionTests.map(async (one) => ({
        ...one,
        pool: await read(one.inputPath),
        expected: await read(one.expectedOutputPath),
      })),
    ),
  };
}

/** What of Argo CD's health people expect of a pool by the conditions that it has: docs/gitops.md. */
export function expectedHealth({ metadata, status }: Pool): Health['status'] {
  const holds = (type: string) =>
    status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
  if (holds('ReconcileDisabled')) return 'Suspended';
  if (status?.observedGeneration !== metadata.generation) return 'Progressing';
  if (holds('Suspended')) return 'Suspended';
  if (holds('Stalled') || holds('Degraded')) return 'Degraded';
  return holds('Ready') ? 'Healthy' : 'Progressing';
}
