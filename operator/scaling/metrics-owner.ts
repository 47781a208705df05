/** Whose the metrics of the cluster are that a pool may be scaled by: an APIService tells. */
import type { ApiService } from '../kube/api-service.ts';

/** In its manifests `keda-metrics-apiserver`, in its chart `keda-operator-metrics-apiserver`, in others with a prefix. */
const KEDAS = /(^|-)keda(-|$)/;

/** The group has one owner. */
export const isKedas = (apiService: ApiService | undefined): boolean =>
  KEDAS.test(apiService?.spec?.service?.name ?? '');

/** Of the CPU that containers use, as metrics-server serves it. */
export const CPU_API_SERVICE = 'v1beta1.metrics.k8s.io';

export const isAvailable = (apiService: ApiService | undefined): boolean =>
  apiService?.status?.conditions?.some(({ type, status }) => type === 'Available' && status === 'True') ?? false;
