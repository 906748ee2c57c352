// The list of pages, and the theme.
import { signal } from '../core/html.js';
import { isBare, seg } from '../core/api.js';
import { own } from '../core/dc.js';

/** The pages of the side, by part; g and the letter go there. */
export const NAV = [
  { title: '', pages: [['overview', 'Overview', () => '/overview', 'o', ['overview']]] },
  { title: 'Registry', part: 'registry', pages: [
    ['services', 'Services', () => `/${seg(own.value)}/services`, 's', ['services', 'service']],
    ['nodes', 'Nodes', () => `/${seg(own.value)}/nodes`, 'n', ['nodes', 'node']],
    ['keys', 'Keys', () => `/${seg(own.value)}/kv`, 'k', ['keys']],
    ['sessions', 'Sessions', () => `/${seg(own.value)}/sessions`, 'l', ['sessions']],
    ['intentions', 'Intentions', () => `/${seg(own.value)}/intentions`, 'i', ['intentions']],
    ['access', 'Access', () => `/${seg(own.value)}/acls/tokens`, 'u', ['tokens', 'token', 'policies', 'policy', 'roles', 'role']],
  ] },
  { title: 'Scheduler', part: 'scheduler', pages: [
    ['jobs', 'Jobs', () => '/jobs', 'j', ['jobs', 'job', 'job-run']],
    ['allocations', 'Allocations', () => '/allocations', 'a', ['allocations', 'allocation']],
    ['deployments', 'Deployments', () => '/deployments', 'd', ['deployments', 'deployment']],
    ['evaluations', 'Evaluations', () => '/evaluations', 'e', ['evaluations', 'evaluation']],
    ['clients', 'Clients', () => '/clients', 'c', ['clients', 'client']],
    ['packing', 'Packing', () => '/topology', 'p', ['packing']],
    ['variables', 'Variables', () => '/variables', 'v', ['variables', 'variable']],
    ['access', 'Access', () => '/access-control/tokens', 'h', ['job-tokens', 'job-token', 'job-policies', 'job-policy', 'job-roles', 'job-role', 'namespaces']],
    ['servers', 'Servers', () => '/servers', 'w', ['servers']],
  ] },
  { title: 'Load balancer', part: 'balancer', pages: [
    ['routes', 'Routes', () => '/routes', 'r', ['routes', 'routers', 'router', 'balancer-services', 'balancer-service']],
    ['targets', 'Targets', () => '/targets', 'b', ['targets']],
    ['entries', 'Entry points', () => '/entrypoints', 'q', ['entrypoints']],
    ['try', 'Try a URL', () => '/try', 'y', ['try']],
    ...(isBare ? [['packing', 'Middlewares', () => '/http/middlewares', 'm', ['middlewares', 'middleware']]] : [['manual', 'Overrides', () => '/manual', 'm', ['manual']]]),
  ] },
  { title: 'Templates', part: 'scheduler', pages: [['templates', 'Templates', () => '/templates', 't', ['templates']]] },
];

export const theme = signal(document.documentElement.dataset.theme);

export function turnTheme() {
  const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  try { localStorage.setItem('muster.theme', next); } catch { /* lasts for this page */ }
  document.documentElement.dataset.theme = next;
  theme.value = next;
}
