/**
 * Prepared queries as values: what a query says, which ones are refused, and how a template becomes a query of a name.
 * Pure. Called by the state's tables and the HTTP handlers.
 */
package muster.registry.prepared;
