/**
 * Between the state and the log: commands and snapshots as bytes, the state machine, and what a leader does in its own
 * time (session TTLs, lock delays, tombstones). Not pure. Called by {@link muster.registry.Registry} alone.
 */
package muster.registry.replication;
