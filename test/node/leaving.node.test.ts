import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { eventually } from '../cluster/eventually.ts';
import { processesMentioning } from '../cluster/survivors.ts';
import { hierarchies } from './cgroups.ts';
import { NODE_FOLDER, nodeFolder } from './surroundings.ts';

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe('the place of a node', function () {
  this.timeout(120_000);

  it('is gone when what made it is killed: its processes, its cgroups and its folder', async () => {
    // A process that lives on by itself, in a cgroup as a pod's.
    const inside = [
      `cd $${NODE_FOLDER}; name=$(basename $PWD)`,
      'group=/sys/fs/cgroup/pids/$name; [ -e $group ] || group=/sys/fs/cgroup/$name',
      'mkdir $group/pod; setsid sleep 600 & echo $! >$group/pod/cgroup.procs; echo $PWD; wait',
    ].join('\n');
    const place = spawn(process.execPath, ['test/node/enter.ts', 'sh', '-c', inside], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PREVIEW_NODE_IMAGES: join(nodeFolder(), 'images') },
    });
    const [folder] = (await once(createInterface({ input: place.stdout }), 'line')) as [string];
    const cgroups = (await hierarchies()).map((hierarchy) => join(hierarchy, basename(folder)));
    expect(processesMentioning(folder).join()).to.include('sleep 600');
    for (const path of [folder, ...cgroups]) expect(await isThere(path), path).to.equal(true);
    place.kill('SIGKILL');
    await eventually(
      'all of it is gone',
      async () => !(await isThere(folder)) && processesMentioning(folder).length === 0,
      { seconds: 60 },
    );
    for (const path of cgroups) expect(await isThere(path), path).to.equal(false);
  });
});
