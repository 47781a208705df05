// Generated from schemas/doctor-report.schema.json by `npm run generate`. Do not edit.

/**
 * What `preview-worker doctor` and `kubectl pwp doctor` print with -o json.
 */
export interface DoctorReport {
  version: 1;
  /**
   * What was looked at.
   */
  target: string;
  findings: Finding[];
}
/**
 * What one look found.
 */
export interface Finding {
  /**
   * Which look.
   */
  check: string;
  /**
   * Of several, which one: a pool.
   */
  subject?: string;
  /**
   * `skipped` is what could not be looked at.
   */
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  message: string;
  /**
   * What to do about it.
   */
  remedy?: string;
  /**
   * Where the troubleshooting guide tells more.
   */
  guide?: string;
}
