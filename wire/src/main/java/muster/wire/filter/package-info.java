/**
 * The filter expressions of Consul's list endpoints: parsed and checked against what a list's rows have, then asked row by
 * row. Pure. Called by the HTTP edge.
 */
package muster.wire.filter;
