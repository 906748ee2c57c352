/**
 * Owns what is done about traces: the context that goes from hop to hop, and spans for those who collect them. The context and the spans'
 * form are pure; {@code Tracing} has a thread. Called by the dialects.
 */
package muster.lb.trace;
