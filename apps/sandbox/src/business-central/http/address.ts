import { badRequest, noSuchRoute } from '../odata/odata-error.js';

export interface Segment {
  readonly name: string;
  /** Text in the brackets, quotes removed; null without brackets. */
  readonly key: string | null;
}

/** Where a request goes: the API route and the entity path in it. */
export interface Address {
  /** `v2.0`, `microsoft/analytics/v1.0`, ... */
  readonly route: string;
  readonly companyId: string | null;
  readonly segments: readonly Segment[];
  /** Path up to and without the company, for links and contexts. */
  readonly base: string;
}

/** `companies(GUID)/salesInvoices(GUID)` */
export function parseSegments(path: string): Segment[] {
  return path.split('/').filter((part) => part !== '').map((part) => {
    const match = /^([$\w.]+)(?:\((.*)\))?$/.exec(decodeURIComponent(part));
    if (match === null) throw badRequest(`Resource not found for the segment '${part}'.`, 'BadRequest_ResourceNotFound');
    return { name: match[1] ?? '', key: match[2] === undefined ? null : match[2].replace(/^'(.*)'$/, '$1').replace(/^(?:id|systemId)=/i, '') };
  });
}

/**
 * `/v2.0/{tenant?}/{environment}/api/{route}/...` (2.1). The tenant may be its domain or be left out.
 * @throws ODataError when no such route is there
 */
export function parseAddress(path: string, environment: string): Address {
  const parts = path.split('/').filter((part) => part !== '');
  const at = parts.indexOf('api');
  if (parts[0] !== 'v2.0' || at < 2 || at > 3 || parts[at - 1]?.toLowerCase() !== environment.toLowerCase()) throw noSuchRoute(path);
  const length = /^v\d/.test(parts[at + 1] ?? '') ? 1 : 3;
  const route = parts.slice(at + 1, at + 1 + length).join('/');
  const segments = parseSegments(parts.slice(at + 1 + length).join('/'));
  const inCompany = segments[0]?.name === 'companies' && segments[0].key !== null && segments.length > 1;
  return {
    route, companyId: inCompany ? segments[0]?.key?.toLowerCase() ?? null : null, segments: inCompany ? segments.slice(1) : segments,
    base: `/${parts.slice(0, at + 1 + length).join('/')}`,
  };
}

/** The tenant segment, or null where it was left out. */
export function tenantIn(path: string): string | null {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.indexOf('api') === 3 ? parts[1] ?? null : null;
}
