import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { isAlert } from '../../../operator/desired/rule.ts';
import { operatorRules } from '../../../scripts/manifests/operator-alerts.ts';
import { halfShown } from '../../operator/desired/alert-case.ts';
import { OPERATOR_ALERT_CASES } from '../../operator/desired/operator-alert-cases.ts';
import { complaints, EXPORTED } from '../../operator/desired/promql.ts';

/** What the API server itself exports; a test of the aggregated server holds its name. */
const OF_API_SERVER = new Map([['aggregator_unavailable_apiservice', new Set(['name', 'instance', 'job'])]]);
const ALERTS = operatorRules().filter(isAlert);

describe('the monitoring of the operator', () => {
  for (const { alert, expr } of ALERTS)
    it(`${alert} parses and names what the operator exports, or the API server`, () => {
      expect(complaints(expr, { series: new Map([...EXPORTED, ...OF_API_SERVER]) })).to.deep.equal([]);
    });

  it('has alerts of a name of their own, with severity, summary and description, that wait 5 minutes or more', () => {
    for (const { alert, labels, annotations, for: wait } of ALERTS) {
      expect(alert).to.match(/^PreviewOperator[A-Z]/);
      expect(labels.severity).to.be.oneOf(['critical', 'warning', 'info']);
      expect(annotations).to.have.all.keys('summary', 'description');
      expect(Number.parseInt(wait ?? '0', 10), alert).to.be.at.least(5);
    }
  });

  it('has for each alert a case in which it fires and one in which it nearly does', () => {
    const names = ALERTS.map(({ alert }) => alert);
    expect(halfShown(names, OPERATOR_ALERT_CASES)).to.deep.equal([]);
    expect([...new Set(OPERATOR_ALERT_CASES.map(({ of }) => of))]).to.have.members(names);
  });

  it('has a page for each alert', async () => {
    const pages = [...(await readFile('docs/alerts.md', 'utf8')).matchAll(/^## (PreviewOperator\w+)$/gm)];
    expect(pages.map(([, name]) => name)).to.deep.equal(ALERTS.map(({ alert }) => alert));
  });
});
