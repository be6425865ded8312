import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readSettings } from '../../apps/hub/src/settings.js';
import { readCommand } from '../../apps/sandbox/src/command-line.js';
import { ROOT } from './source-tree.js';

/** The parts of a Compose file that are checked here; `merge` has already spread the anchors. */
interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly replicas: number };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

const text = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const { services, volumes } = parse(text('docker-compose.yml'), { merge: true }) as Compose;
const SANDBOX = 'dist/apps/sandbox/src/main.js';
const sourceOf = (program: string): string => program.replace(/^dist\//, '').replace(/\.js$/, '.ts');
const ours = Object.entries(services).filter(([, service]) => service.build !== undefined);

/** Puts values where Compose would put them from `.env`. */
function filledIn(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value.replaceAll(/\$\{\w+:-(\w+)\}/g, '$1').replaceAll(/\$\{\w+:\?[^}]+\}/g, 'secret')]));
}

describe('docker-compose.yml', () => {
  it('runs the two servers, the API, two workers and the sandbox', () => {
    expect(Object.keys(services)).toEqual(['postgres', 'redis', 'api', 'worker', 'sandbox']);
    expect(services['worker']?.deploy?.replicas).toBe(2);
  });

  it.each(Object.entries(services))('%s publishes on loopback only', (_, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each(ours)('%s runs a program of this repository, with options it takes', (_, service) => {
    const [, program = '', ...options] = (service.command ?? []).filter((word) => !word.startsWith('--disable-warning'));
    expect(program).toMatch(/^dist\/.+\.js$/);
    if (program === SANDBOX) {
      expect(() => readCommand(options)).not.toThrow();
      return;
    }
    const source = text(sourceOf(program));
    const names = options.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
    expect(names.filter((name) => !source.includes(`--${name}`) && !source.includes(`${name}: {`))).toEqual([]);
  });

  it.each(ours.filter(([, service]) => service.environment !== undefined))('%s is configured with what the hub understands', (_, service) => {
    const environment = filledIn(service.environment ?? {});
    const role = service.command?.at(-1) ?? '';
    expect(readSettings(environment, role)).toMatchObject({ role, redisUrl: 'redis://redis:6379', databaseUrl: 'postgres://tributary:secret@postgres:5432/tributary' });
    const known = text('apps/hub/src/settings.ts');
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('says when a service is well, but for the worker, which has no port', () => {
    expect(Object.entries(services).filter(([, service]) => (service.healthcheck?.test[0] ?? '') !== 'CMD').map(([name]) => name)).toEqual(['worker']);
  });

  it('asks addresses that exist', () => {
    expect(services['api']?.healthcheck?.test.at(-1)).toContain('http://127.0.0.1:8080/health/ready');
    expect(text('apps/hub/src/health.ts')).toContain("@Get('health/ready')");
    expect(services['sandbox']?.healthcheck?.test.at(-1)).toContain('http://127.0.0.1:8090/_control/stats');
    expect(text('apps/sandbox/src/netsuite/http/control.ts')).toContain("case 'GET stats'");
  });

  it('waits for services that are well, and uses volumes that are declared', () => {
    for (const service of Object.values(services)) {
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) expect({ condition, well: services[name]?.healthcheck !== undefined }).toEqual({ condition: 'service_healthy', well: true });
    }
    const used = Object.values(services).flatMap((service) => (service.volumes ?? []).map((volume) => volume.split(':')[0]));
    expect(used.toSorted()).toEqual(Object.keys(volumes).toSorted());
  });

  it('holds no secret', () => {
    expect(text('docker-compose.yml').match(/(?:PASSWORD|SECRET_KEY): (?!\$\{\w+:\?)\S+/g)).toBeNull();
  });
});

describe('Dockerfile', () => {
  const lines = text('Dockerfile').split('\n');

  it('builds on Node 24 and runs as an ordinary user', () => {
    expect(lines.filter((line) => line.startsWith('FROM '))).toEqual(['FROM node:24-slim AS build', 'FROM node:24-slim']);
    expect(lines.findLast((line) => line.startsWith('USER '))).toBe('USER node');
  });

  it('copies what exists, and every folder of sources', () => {
    const copied = lines.filter((line) => line.startsWith('COPY ') && !line.includes('--from=')).flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(copied).toEqual(expect.arrayContaining(['apps', 'libs', 'connectors', 'mappings', '.swcrc', 'package-lock.json']));
  });

  it('starts a program of this repository', () => {
    const [, program = ''] = /"(dist\/[^"]+)"/.exec(lines.findLast((line) => line.startsWith('CMD ')) ?? '') ?? [];
    expect(existsSync(join(ROOT, sourceOf(program)))).toBe(true);
  });

  it('is kept small and clean by .dockerignore', () => {
    expect(text('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['node_modules', 'dist', 'var', '.git']));
  });
});
