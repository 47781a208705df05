/** Symptoms as people meet them, the commonest first. */
interface Symptom {
  readonly id: string;
  readonly title: string;
  /** What it is, and what it is not. */
  readonly about: string;
  /** One command, of the pool in examples/pool.yaml. */
  readonly look: string;
  /** How to read its answer. */
  readonly reading: string;
}

const POOL = '-n preview-worker';

export const SYMPTOMS = [
  {
    id: 'nothing-is-rendered',
    title: 'Nothing is rendered',
    about: 'Jobs are added and stay where they are. None fails.',
    look: `kubectl pwp top sample ${POOL}`,
    reading:
      'Jobs wait and no worker is ready: read on here. No job waits: the producers use another queue, prefix, database or Redis. Jobs run, and many wait: [they are late](#previews-are-late). No load at all: the operator can not read the queue.',
  },
  {
    id: 'previews-are-late',
    title: 'Previews are late',
    about: 'Workers work, and more comes than they do; or there are fewer than there should be.',
    look: `kubectl pwp explain sample ${POOL}`,
    reading:
      'It says why the pool has this many workers and what limits them. At `maxReplicas`: raise it. A rate limit or a global concurrency of the queue: more workers do not help. One tenant or lane that waits: [worker.md](worker.md#lanes).',
  },
  {
    id: 'jobs-fail',
    title: 'Jobs fail',
    about: 'Jobs are taken and end with an error. The first word of it is the reason.',
    look: `kubectl pwp jobs sample --state failed ${POOL}`,
    reading:
      'One reason for all: it is what all have in common, a source, the sink, a limit, a producer. One file, each time: it is the file. After the cure `kubectl pwp retry POOL --failed --reason REASON` gives them back.',
  },
  {
    id: 'pods-do-not-start',
    title: 'Pods do not start, or start again and again',
    about:
      'There are fewer ready workers than wanted. Running jobs of a pod that ends go back to the queue, none is lost.',
    look: 'kubectl -n preview-worker describe pods --show-events -l previews.mobius.dev/pool=sample',
    reading:
      'Its events name what is missing: room, an image, a Secret, a volume. An exit code 78 is a failed self-test, 75 a scratch volume that can not be written, 137 with `OOMKilled` a limit of memory.',
  },
  {
    id: 'get-pwp-says-false',
    title: '`kubectl get pwp` says False, or a change is not carried out',
    about: 'What was changed does not show, and nothing else need be wrong: workers of before go on.',
    look: `kubectl get pwp sample -o wide ${POOL}`,
    reading:
      'STATUS is the reason: look for it on this page, wherever it stands. The message ends with what to do. Nothing at all there: [the operator does not answer](#the-operator-does-not-answer).',
  },
  {
    id: 'jobs-are-gone',
    title: 'Jobs are gone',
    about: 'They were accepted, and nobody has answered them; the queue does not know them either.',
    look: `kubectl pwp status sample ${POOL}`,
    reading:
      'Redis may lose what it acknowledged. `preview-worker sweep` adds again what is in an outbox ([worker.md](worker.md#when-something-was-lost-or-is-to-be-forgotten)).',
  },
  {
    id: 'nothing-is-measured',
    title: 'No metrics, or no alerts',
    about: 'Previews are rendered, and Prometheus knows nothing of it.',
    look: 'scripts/verify-preview-worker-deployment.sh pool/sample --namespace preview-worker --timeout 0',
    reading:
      'With `--prometheus` it also asks Prometheus whether it scrapes each worker and has loaded the rules. [alerts.md](alerts.md) begins with the labels that it selects by.',
  },
  {
    id: 'the-operator-does-not-answer',
    title: 'The operator does not answer',
    about: 'Pools stay as they are, whatever is changed; `kubectl pwp top` is refused; namespaces stay Terminating.',
    look: 'kubectl get pods -A -l app.kubernetes.io/name=preview-worker-operator',
    reading:
      'None: it is not installed, or at 0 ([install.md](install.md)). None ready: read its log. An APIService of ours that is not Available (`kubectl get apiservices`) keeps every namespace of the cluster from being deleted: bring the operator back, or delete the APIService.',
  },
  {
    id: 'all-is-well',
    title: 'All is well',
    about: 'What these say is as it should be.',
    look: `kubectl wait --for=condition=Ready pwp/sample ${POOL}`,
    reading: 'It ends with 0 when the pool is Ready.',
  },
] as const satisfies readonly Symptom[];

export type SymptomId = (typeof SYMPTOMS)[number]['id'];
