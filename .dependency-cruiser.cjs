// The import direction of the house (docs/architecture.md). A rule that fails names the two files and this comment's reason.
const pureOperator =
  '^operator/(pool|desired|reconcile/plan\\.ts|reconcile/fingerprint\\.ts|scaling/(law|estimates|observed|told)\\.ts|cli/explain/(autoscaler|explanation|facts|figures|formula|what-if|why)\\.ts)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'operator-and-worker-are-strangers',
      comment: 'They ship in two images; what they share is generated from schemas/.',
      severity: 'error',
      from: { path: '^operator/' },
      to: { path: '^worker/' },
    },
    {
      name: 'worker-and-operator-are-strangers',
      severity: 'error',
      from: { path: '^worker/' },
      to: { path: '^operator/' },
    },
    {
      name: 'product-never-imports-tests-or-scripts',
      severity: 'error',
      from: { path: '^(operator|worker)/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'only-the-queue-ui-loads-the-board',
      comment: 'A program of its own in the image of the operator, which has nothing to do with a browser.',
      severity: 'error',
      from: { path: '^(operator|worker)/', pathNot: '^operator/queue-ui/' },
      to: { path: '^operator/queue-ui/|node_modules/(@bull-board|helmet)/' },
    },
    {
      name: 'domain-does-no-io',
      comment:
        'pool, desired, plan, law, estimates and what explains them are pure: values in, values out. node:crypto hashing is a pure function.',
      severity: 'error',
      from: { path: pureOperator },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'domain-knows-no-client',
      severity: 'error',
      from: { path: pureOperator },
      comment: 'The shape of an object (kube/object.ts) is no client.',
      to: {
        path: '^operator/(kube|runtime|redis)/|node_modules/(undici|ioredis|bullmq|@kubernetes)',
        pathNot: '^operator/kube/object\\.ts$',
      },
    },
    {
      name: 'kube-and-runtime-know-no-pools',
      severity: 'error',
      from: { path: '^operator/(kube|runtime)/' },
      to: { path: '^operator/', pathNot: '^operator/(kube|runtime)/' },
    },
    {
      name: 'renderers-are-islands',
      comment: 'A renderer asks the registry; it never imports a sibling.',
      severity: 'error',
      from: { path: '^worker/renderers/([^/.]+)', pathNot: '^worker/renderers/(registry|driver)\\.ts$' },
      // A folder of its own name holds a renderer's parts.
      to: { path: '^worker/renderers/', pathNot: '^worker/renderers/(driver\\.ts$|$1/)' },
    },
    {
      name: 'untrusted-side-holds-no-queue-and-no-storage',
      comment: 'What decodes bytes of strangers can not even import a way to Redis or to credentials.',
      severity: 'error',
      from: { path: '^worker/(renderer|renderers|raster)/' },
      to: { path: '^worker/(storage|consumer|settings)|node_modules/(bullmq|ioredis|@aws-sdk)' },
    },
    {
      name: 'storages-are-islands',
      severity: 'error',
      from: { path: '^worker/storage/', pathNot: '^worker/storage/storage\\.ts$' },
      to: { path: '^worker/(renderer|renderers|raster|consumer)' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
