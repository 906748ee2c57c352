/**
 * The registry as the rest of a server sees it: one facade to propose commands, read and wait. Called by the registry's
 * HTTP API and agent and by the program that wires them. Not pure: it owns the loops behind the facade.
 */
package muster.registry;
