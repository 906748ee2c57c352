/**
 * What the scheduler remembers: jobs, evaluations, allocations, deployments and nodes, and the commands that change them.
 * Pure. Written by the replicated log alone, read by the other packages of the server side and by clients.
 */
package muster.scheduler.state;
