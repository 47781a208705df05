/** `spec.monitoring.alerts` as the API server fills it in, with runbooks. */
export const ALERT_SETTINGS = {
  enabled: true,
  runbookBaseURL: 'https://example.com/alerts.md#',
  thresholds: {
    notReadyMinutes: 15,
    queueNeverSeenMinutes: 30,
    failureRatio: 0.05,
    failureMinEvents: 20,
    quarantinePerHour: 10,
    slotRestartsPerHour: 20,
  },
};
