/**
 * What a consumer of the registry sees: records, queries, watches, and the client interface with its HTTP implementation.
 * The records are pure; the HTTP implementation is the only place that knows the Orbitz client. Anyone may call it.
 */
package muster.registry.client;
