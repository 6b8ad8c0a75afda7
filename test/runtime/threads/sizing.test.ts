import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import test from 'node:test';
import { cpuQuota, type ReadKernel, sizeThreads } from '../../../runtime/threads/sizing.js';

function kernel(files: Record<string, string>): ReadKernel {
  return (path) => (Object.hasOwn(files, path) ? files[path] : undefined);
}

const V1 = '12:memory:/docker/abc\n5:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n';

test('sizes to the available cores plus two', () => {
  assert.deepEqual(sizeThreads(undefined, 8, undefined), { threads: 10, reason: '8 available cores + 2' });
  assert.equal(sizeThreads(undefined, 1, undefined).threads, 3);
});

test('sizes to the quota plus two where it is below the cores, and says so', () => {
  const sizing = sizeThreads(undefined, 8, 4);
  assert.equal(sizing.threads, 6);
  assert.match(sizing.reason, /quota of 4 cores/);
});

test('counts a fraction of a core down, but never below one', () => {
  assert.equal(sizeThreads(undefined, 8, 2.9).threads, 4);
  assert.equal(sizeThreads(undefined, 8, 1.5).threads, 3);
  assert.equal(sizeThreads(undefined, 8, 0.1).threads, 3);
  assert.match(sizeThreads(undefined, 8, 0.5).reason, /0\.5/);
});

test('takes no notice of a quota that the cores do not reach', () => {
  assert.equal(sizeThreads(undefined, 2, 2).reason, '2 available cores + 2');
  assert.equal(sizeThreads(undefined, 2, 64).threads, 4);
});

test('takes a number that was asked for as it is, zero included', () => {
  assert.deepEqual(sizeThreads(3, 8, 1), { threads: 3, reason: '3, as asked' });
  assert.deepEqual(sizeThreads(0, 8, 1), { threads: 0, reason: 'inline, as asked' });
});

test('sizes this very machine to at least three threads', () => {
  const { threads } = sizeThreads(undefined);
  assert.ok(Number.isInteger(threads) && threads >= 3 && threads <= availableParallelism() + 2, `got ${threads}`);
});

test('finds no quota where there are no control groups', () => {
  assert.equal(cpuQuota(kernel({})), undefined);
  assert.equal(cpuQuota(kernel({ '/proc/self/cgroup': '' })), undefined);
});

test('version 2: reads quota and period of its own group', () => {
  const files = { '/proc/self/cgroup': '0::/app\n', '/sys/fs/cgroup/app/cpu.max': '150000 100000\n' };
  assert.equal(cpuQuota(kernel(files)), 1.5);
});

test('version 2: finds no quota in `max`', () => {
  const files = { '/proc/self/cgroup': '0::/app\n', '/sys/fs/cgroup/app/cpu.max': 'max 100000\n' };
  assert.equal(cpuQuota(kernel(files)), undefined);
});

test('version 2: takes the smallest of nested groups, wherever it stands', () => {
  const groups = {
    '/proc/self/cgroup': '0::/a/b/c\n',
    '/sys/fs/cgroup/a/b/c/cpu.max': '400000 100000',
    '/sys/fs/cgroup/a/b/cpu.max': 'max 100000',
    '/sys/fs/cgroup/a/cpu.max': '50000 20000',
  };
  assert.equal(cpuQuota(kernel(groups)), 2.5);
  assert.equal(cpuQuota(kernel({ ...groups, '/sys/fs/cgroup/a/b/c/cpu.max': '100000 100000' })), 1);
});

test('version 2: sees the quota of a container whose group is mounted as the root', () => {
  assert.equal(cpuQuota(kernel({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '300000 100000\n' })), 3);
  const hostPath = { '/proc/self/cgroup': '0::/docker/abc\n', '/sys/fs/cgroup/cpu.max': '200000 100000\n' };
  assert.equal(cpuQuota(kernel(hostPath)), 2);
});

test('version 2: reads a group with a colon in its name, as container runtimes give them', () => {
  const files = {
    '/proc/self/cgroup': '0::/system.slice/kubepods-pod1.slice:cri-containerd:2\n',
    '/sys/fs/cgroup/system.slice/kubepods-pod1.slice:cri-containerd:2/cpu.max': '200000 100000\n',
  };
  assert.equal(cpuQuota(kernel(files)), 2);
});

test('version 2: a kernel whose last line has no line feed is read all the same', () => {
  assert.equal(cpuQuota(kernel({ '/proc/self/cgroup': '0::/app', '/sys/fs/cgroup/app/cpu.max': '100000 50000' })), 2);
});

test('version 1: reads quota and period of its group', () => {
  const files = {
    '/proc/self/cgroup': V1,
    '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us': '250000\n',
    '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us': '100000\n',
  };
  assert.equal(cpuQuota(kernel(files)), 2.5);
});

test('version 1: finds no quota in -1', () => {
  const files = {
    '/proc/self/cgroup': V1,
    '/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us': '-1\n',
    '/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us': '100000\n',
  };
  assert.equal(cpuQuota(kernel(files)), undefined);
});

test('version 1: takes the smallest of nested groups', () => {
  const files = {
    '/proc/self/cgroup': '4:cpu:/kubepods/pod1/ctr\n',
    '/sys/fs/cgroup/cpu/kubepods/pod1/ctr/cpu.cfs_quota_us': '-1',
    '/sys/fs/cgroup/cpu/kubepods/pod1/ctr/cpu.cfs_period_us': '100000',
    '/sys/fs/cgroup/cpu/kubepods/pod1/cpu.cfs_quota_us': '150000',
    '/sys/fs/cgroup/cpu/kubepods/pod1/cpu.cfs_period_us': '50000',
    '/sys/fs/cgroup/cpu/kubepods/cpu.cfs_quota_us': '800000',
    '/sys/fs/cgroup/cpu/kubepods/cpu.cfs_period_us': '100000',
  };
  assert.equal(cpuQuota(kernel(files)), 3);
});

test('version 1: sees the quota of a container whose group is mounted as the root', () => {
  const files = {
    '/proc/self/cgroup': V1,
    '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  };
  assert.equal(cpuQuota(kernel(files)), 0.5);
});

test('version 1: is not misled by controllers whose names begin alike', () => {
  const files = {
    '/proc/self/cgroup': '3:cpuset:/small\n2:cpuacct:/small\n',
    '/sys/fs/cgroup/cpu/small/cpu.cfs_quota_us': '100000',
    '/sys/fs/cgroup/cpu/small/cpu.cfs_period_us': '100000',
  };
  assert.equal(cpuQuota(kernel(files)), undefined);
});

test('both versions side by side: the smaller one holds', () => {
  const files = {
    '/proc/self/cgroup': '4:cpu,cpuacct:/app\n0::/app\n',
    '/sys/fs/cgroup/app/cpu.max': '400000 100000',
    '/sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us': '300000',
    '/sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_period_us': '100000',
  };
  assert.equal(cpuQuota(kernel(files)), 3);
});

test('takes nonsense for no quota', () => {
  for (const content of ['', '\n', 'max', '0 100000', '100000 0', 'x y', '-5 100000']) {
    const files = { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': content };
    assert.equal(cpuQuota(kernel(files)), undefined, JSON.stringify(content));
  }
});
