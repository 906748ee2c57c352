/**
 * The registry's replicated state: immutable tables, the commands that change them, and what each change touched.
 * Pure: no clock, thread, randomness or I/O. Anyone may read a {@link State}; only {@code replication} applies commands.
 */
package muster.registry.state;
