/** What a caller may do. A role is a set of these; an API key holds roles. */
export const PERMISSIONS = ['read', 'decide', 'post', 'configure', 'administer'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/**
 * Roles and what they allow. `decide`: allocate, dismiss, finalize. `post`: send to and reverse in the ERP. `configure`: connections,
 * mappings, bank accounts, syncs. `administer`: keys.
 */
export const ROLES = {
  admin: ['read', 'decide', 'post', 'configure', 'administer'],
  implementer: ['read', 'decide', 'post', 'configure'],
  analyst: ['read', 'decide', 'post'],
  viewer: ['read'],
} as const satisfies Record<string, readonly Permission[]>;
export type Role = keyof typeof ROLES;

export function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}

export function allows(roles: readonly Role[], permission: Permission): boolean {
  return roles.some((role) => (ROLES[role] as readonly Permission[]).includes(permission));
}
