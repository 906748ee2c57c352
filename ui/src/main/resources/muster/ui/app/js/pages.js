// Page names of the router, and what draws them.
import { Overview } from './overview/overview.js';
import { Service, Services } from './registry/services.js';
import { Node, Nodes } from './registry/nodes.js';
import { Keys } from './registry/keys.js';
import { Intentions, Sessions } from './registry/mesh.js';
import { Login, Policies, Policy, Role, Roles, Token, Tokens } from './registry/access.js';
import { Job, Jobs } from './scheduler/jobs.js';
import { JobRun } from './scheduler/run.js';
import { Allocation, Allocations } from './scheduler/allocations.js';
import { Deployment, Deployments } from './scheduler/deployments.js';
import { Evaluation, Evaluations } from './scheduler/evaluations.js';
import { Client, Clients, Packing, Servers } from './scheduler/clients.js';
import { Routes, Targets } from './balancer/routes.js';
import { Try } from './balancer/try.js';
import { Manual } from './balancer/manual.js';
import { EntryPoints } from './balancer/entries.js';
import { BalancerService, BalancerServices, Middleware, Middlewares, Router, Routers } from './balancer/traefik.js';
import { Templates } from './templates/templates.js';

export const PAGES = {
  overview: Overview, login: Login, templates: Templates,
  services: Services, service: Service, nodes: Nodes, node: Node, keys: Keys, sessions: Sessions, intentions: Intentions,
  tokens: Tokens, token: Token, policies: Policies, policy: Policy, roles: Roles, role: Role,
  jobs: Jobs, job: Job, 'job-run': JobRun, allocations: Allocations, allocation: Allocation, deployments: Deployments, deployment: Deployment,
  evaluations: Evaluations, evaluation: Evaluation, clients: Clients, client: Client, packing: Packing, servers: Servers,
  routes: Routes, targets: Targets, try: Try, manual: Manual, entrypoints: EntryPoints,
  routers: Routers, router: Router, 'balancer-services': BalancerServices, 'balancer-service': BalancerService, middlewares: Middlewares, middleware: Middleware,
};
