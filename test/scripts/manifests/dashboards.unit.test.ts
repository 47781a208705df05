import { resolve } from 'node:path';
import type { Dashboard, Panel } from '@grafana/schema';
import { expect } from 'chai';
import ts from 'typescript';
import { dashboardFiles } from '../../../scripts/manifests/dashboards.ts';
import { complaints } from '../../operator/desired/promql.ts';

const DASHBOARDS = Object.entries(dashboardFiles()).map(([file, json]) => ({
  file,
  json,
  dashboard: JSON.parse(json) as Omit<Dashboard, 'panels'> & { panels: Panel[] },
}));

/** What Grafana's own types have against a dashboard: no Grafana is at hand, and this is the schema that it publishes. */
function againstSchema(json: string): string[] {
  const name = resolve('test/dashboard-under-test.ts');
  const text = `import type { Dashboard } from '@grafana/schema';\nexport const dashboard: Dashboard = ${json};\n`;
  const options: ts.CompilerOptions = {
    ...{ noEmit: true, strict: true, skipLibCheck: true, types: [] },
    ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => (path === name ? text : readFile.call(host, path));
  host.fileExists = (path) => path === name || fileExists.call(host, path);
  host.getSourceFile = (path, target) => {
    const source = host.readFile(path);
    return source === undefined ? undefined : ts.createSourceFile(path, source, target);
  };
  const program = ts.createProgram([name], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the dashboards of chart and config', function () {
  this.timeout(120_000);

  for (const { file, json, dashboard } of DASHBOARDS) {
    const { uid, templating, panels } = dashboard;
    const targets = panels.flatMap((panel) => (panel.targets ?? []) as { expr: string; datasource: { uid: string } }[]);

    it(`${file}: each query parses and names what is exported`, () => {
      expect(targets.length).to.be.greaterThan(10);
      expect(targets.flatMap(({ expr }) => complaints(expr))).to.deep.equal([]);
      for (const { query } of templating?.list ?? []) {
        if (typeof query !== 'object') continue;
        const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(String(query['query'])) ?? [];
        expect(complaints(`sum by (${label}) (${selector})`)).to.deep.equal([]);
      }
    });

    it(`${file}: the data source is a variable, the uid is that of the file, no job is named`, () => {
      expect(templating?.list?.[0]).to.include({ name: 'datasource', type: 'datasource' });
      const sources = [...panels, ...targets].map(({ datasource }) => datasource?.uid);
      expect([...new Set(sources)]).to.deep.equal([`\${datasource}`]);
      expect(`${uid}.json`).to.equal(file);
      expect(JSON.stringify(panels)).to.not.match(/job=/);
      expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
    });

    it(`${file}: Grafana's schema takes it, and not one with a member or a type of our own`, () => {
      expect(againstSchema(json)).to.deep.equal([]);
      expect(againstSchema(json.replace('"timeseries"', '7'))).to.have.length(1);
      expect(againstSchema(json.replace('"fieldConfig"', '"fieldConfiguration"'))).to.have.length(1);
    });
  }
});
