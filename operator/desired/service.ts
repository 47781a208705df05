import { names, selectorLabels } from '../pool/names.ts';
import { type Builder, child } from './child.ts';

/** Headless: metrics and health of each worker by its own address. */
export const service: Builder = (pool) =>
  child(pool, 'v1', 'Service', names.service(pool), {
    spec: {
      clusterIP: 'None',
      selector: selectorLabels(pool),
      ports: [{ name: 'http', port: 3000, targetPort: 'http', protocol: 'TCP' }],
    },
  });
