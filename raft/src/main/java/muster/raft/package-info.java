/**
 * A replicated log and what is attached to it: commands in, applied in order, snapshots out and in. Holds no domain types;
 * the engine's types stay inside. Called by the agent (wiring) and by the parts whose state it carries.
 */
package muster.raft;
