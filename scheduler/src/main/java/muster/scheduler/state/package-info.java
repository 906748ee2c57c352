/**
 * What the scheduler remembers: jobs, evaluations, allocations, deployments, nodes, variables and native services, and the commands that change them.
 * Pure. Written by the replicated log alone, read by the other packages of the server side and by clients.
 */
package muster.scheduler.state;
