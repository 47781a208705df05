/** Asks Prometheus what it scrapes and which alerts it has loaded. */
import type { KubeClient } from '../../../operator/kube/client.ts';
import type { LoadedRule, PrometheusAnswer, Target } from './facts.ts';

const DEADLINE_MS = 15_000;
const IN_CLUSTER = /^([a-z0-9-]+)\/([a-z0-9-]+):([a-z0-9-]+)$/;

type Ask = (path: string, query: Readonly<Record<string, string>>) => Promise<{ code: number; text: string }>;

/** `where`: an URL, or NAMESPACE/SERVICE:PORT, which is asked through the API server. Throws for anything else. */
export function prometheusAt(where: string, client: KubeClient): Ask {
  const [, namespace, service, port] = IN_CLUSTER.exec(where) ?? [];
  if (namespace !== undefined) {
    const base = `/api/v1/namespaces/${namespace}/services/http:${service}:${port}/proxy`;
    return (path, query) => client.proxied(base + path, query, AbortSignal.timeout(DEADLINE_MS));
  }
  if (!/^https?:$/.test(URL.parse(where)?.protocol ?? ''))
    throw new Error(
      `--prometheus '${where}' is neither an URL nor NAMESPACE/SERVICE:PORT, as monitoring/prometheus-operated:9090`,
    );
  return async (path, query) => {
    const url = new URL(`${where.replace(/\/$/, '')}${path}?${new URLSearchParams(query)}`);
    const answer = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) });
    return { code: answer.status, text: await answer.text() };
  };
}

export async function askPrometheus(ask: Ask, { namespace }: Target): Promise<PrometheusAnswer> {
  try {
    const [series, rules] = await Promise.all([
      dataOf<{ result: { metric: { pod?: string } }[] }>(
        await ask('/api/v1/query', { query: `count by (pod) (preview_slots{namespace="${namespace}"})` }),
      ),
      dataOf<{ groups: { name: string; rules: { name: string; health: string; lastError?: string }[] }[] }>(
        await ask('/api/v1/rules', { type: 'alert' }),
      ),
    ]);
    return {
      scraped: series.result.flatMap(({ metric: { pod } }) => pod ?? []),
      rules: rules.groups.flatMap((group) =>
        group.rules.map(
          ({ name, health, lastError }): LoadedRule => ({
            ...{ group: group.name, alert: name, health },
            ...(lastError ? { error: lastError } : {}),
          }),
        ),
      ),
    };
  } catch (error) {
    const { message, cause } = error as Error;
    return { scraped: [], rules: [], problem: cause instanceof Error ? `${message}: ${cause.message}` : message };
  }
}

function dataOf<T>({ code, text }: { code: number; text: string }): T {
  if (code === 200) {
    const { status, data } = JSON.parse(text) as { status?: string; data?: T };
    if (status === 'success' && data !== undefined) return data;
  }
  throw new Error(`it answers ${code} ${text.slice(0, 200)}`);
}
